"""The command line: one short function a verb; the only place that prints."""
