"""Consents and trust: asked for, given here or outside, brought back, stamped."""
