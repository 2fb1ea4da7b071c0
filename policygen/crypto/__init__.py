"""Signatures: SSH for consents, PAdES for PDFs, RFC 3161 for time."""
