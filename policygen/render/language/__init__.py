"""The template language: what it can name and say, and what it refuses."""
