"""Files of a workspace and package data to checked values."""
