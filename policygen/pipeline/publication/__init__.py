"""Publication: editions, seals, site, PDFs, lists and the handbook."""
