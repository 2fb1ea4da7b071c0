"""Sentences that bind: ids that exist, one actor who is somebody, one limit."""
