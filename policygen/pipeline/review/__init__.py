"""The yearly review: what is due, opened, answered, confirmed, closed."""
