"""Criteria ↔ controls ↔ statements ↔ documents, computed from texts; coverage said honestly."""
