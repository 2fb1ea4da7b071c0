"""Records under evidence/: where each lies, its exact form, reading and storing it."""
