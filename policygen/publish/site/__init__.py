"""The static site: from values to Markdown pages, and from those to HTML."""
