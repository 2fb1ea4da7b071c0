"""The system description that management has to write, begun from the profile."""
