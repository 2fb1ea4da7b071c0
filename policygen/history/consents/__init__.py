"""Consents judged: what proves each, who witnessed it, and how they follow on each other."""
