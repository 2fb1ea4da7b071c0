"""Words of a review: what an approver writes on lines of their own, and what they mean."""

from __future__ import annotations

import re
from datetime import date

from policygen.model.forge import ReviewWords

_LINE = re.compile(
    r"^[ \t]*(effective|significance|reason)[ \t]*:[ \t]*(\S.*?)[ \t]*$", re.I | re.M
)
_HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_LONGEST_REASON = 500


def words_in(body: str) -> ReviewWords:
    """Effective day, significance and reason where a review's text names them; the last counts."""
    said = {name.lower(): value for name, value in _LINE.findall(body.replace("\r", ""))}
    reason = _HIDDEN.sub(" ", said.get("reason", "")).strip()[:_LONGEST_REASON]
    return ReviewWords(
        effective=_day(said.get("effective", "")),
        minor=said.get("significance", "").lower() == "minor",
        reason=reason or None,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
