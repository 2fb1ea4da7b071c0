"""Documents bound as one: their sections, statements and links in a single text."""
