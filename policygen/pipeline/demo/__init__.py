"""The demonstration: an example organization, its year, its package, its place."""
