"""Forges: what they said fetched, imported and shown; their settings written."""
