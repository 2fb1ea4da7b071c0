"""Forges: what GitHub and GitLab say about reviews and rules, recorded, and read back."""
