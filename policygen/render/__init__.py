"""Templates and profile to the text of record; pure."""
