"""What templates say in words of their own: figures, names, things that nobody has."""
