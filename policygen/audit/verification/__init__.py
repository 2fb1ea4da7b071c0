"""A package or workspace checked: opened, held against itself, and with stock tools."""
