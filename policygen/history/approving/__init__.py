"""Approving: from a decision to a signed record, here, on a forge or long before."""
