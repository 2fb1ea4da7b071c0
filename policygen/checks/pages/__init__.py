"""Rendered pages: blocks, links and titles as all three readers see them."""
