"""Parameters: which value holds, whether it fits, and what it may be beside others."""
