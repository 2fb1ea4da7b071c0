"""The employee handbook: one text of all that everybody acknowledges, and its PDF."""
