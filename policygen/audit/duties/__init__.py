"""Recurring duties: read from sentences, counted by role, put on a calendar."""
