"""What must hold of the sources, as a tuple of functions that return problems."""
