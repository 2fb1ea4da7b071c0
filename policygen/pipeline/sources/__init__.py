"""From files to what they say: surveys, kept and compared."""
