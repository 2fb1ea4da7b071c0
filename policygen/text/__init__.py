"""Texts: the one Markdown dialect, the text of record, and what changed between two."""
