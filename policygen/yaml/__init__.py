"""YAML in and out, with line and column; hostile input refused."""
