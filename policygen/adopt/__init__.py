"""How an organization starts: a new workspace, its documents, a newer library."""
