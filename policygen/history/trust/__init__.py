"""Trust: whose key counts and who may decide, from one signed snapshot to the next."""
