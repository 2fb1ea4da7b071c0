"""Comparisons of two versions, arranged for readers, as HTML and as PDF."""
