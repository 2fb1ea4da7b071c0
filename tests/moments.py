"""Fixed moments for tests: time is an argument everywhere, so it can stand still."""

from __future__ import annotations

from datetime import UTC, datetime

NOW = datetime(2026, 11, 20, 15, 4, 5, tzinfo=UTC)
"""When the demonstration of the tests is made."""
