"""Reviews and acknowledgements: what is owed when, and what became of it."""
