"""The checklist of a review: what is asked of every document, and what its owner answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from policygen.model.review import Outcome

QUESTIONS: Mapping[str, str] = {
    "practice": "Do people work as the text says? Name what is done otherwise.",
    "incidents": "Which incident, audit finding or failed test since the latest review names this"
    " document, and what follows from it?",
    "exceptions": "Which exceptions from its statements are in force, and does one of them show"
    " that the rule is wrong?",
    "law": "Which law, contract or commitment to customers changed?",
    "changes": "Which system, vendor, team or place is new, and does the scope name it?",
    "parameters": "Is each figure below one that the work keeps today, as the records show?",
    "roles": "Do owner, approver, audience and classification still fit, and does somebody hold"
    " each role that the text names?",
    "evidence": "Can each statement be tested with the evidence that it names?",
}
"""By id, in the order in which they are asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """One file `reviews/<cycle>/<document>.yml`, filled or not."""

    cycle: str
    document: str
    version: str
    """The version under review."""

    text_sha256: str
    """Digest of its text."""

    due: date
    outcome: Outcome | None = None
    """None until the owner decides."""

    answered_by: str | None = None
    """Person id of whoever answered."""

    walked_through_with: str | None = None
    """Who carries the document out and went through it with the owner."""

    answers: Mapping[str, str] = field(default_factory=dict)
    """By question, answers given."""

    parameters: Mapping[str, str] = field(default_factory=dict)
    """Each parameter that the document uses, with its value in words."""

    significance_reason: str | None = None
    """Why a change that looks major binds nobody to anything new."""

    notes: str | None = None
