"""Editions of a sample policy, as many as a test wants."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from policygen.model.document import text_digest
from policygen.model.publication import ApprovalLine, Brand, Edition
from policygen.text.record import read_record

THEME = Path(__file__).parents[2] / "overrides" / "pdf"
_SAMPLE = Path(__file__).parent / "pdf" / "sample" / "access-control-policy.md"


def text_of_sample() -> str:
    """The sample policy."""
    return _SAMPLE.read_text(encoding="utf-8")


def edition(number: int = 1, text: str | None = None, **changes: object) -> Edition:
    """One version of the sample policy, with a text or else a sentence of its own."""
    if text is None:
        text = text_of_sample().replace(
            "This policy decides", f"Copy number {number}. This policy decides", 1
        )
    made = Edition(
        record=read_record(text, _SAMPLE.name),
        text=text,
        text_sha256=text_digest(text),
        version=f"{number}.0",
        approved=date(2026, 11, 20),
        effective=date(2026, 12, 1),
        next_review=date(2027, 11, 20),
        approvals=(
            ApprovalLine(
                name="Dana Whitfield",
                role="Head of Engineering",
                at="2026-11-20 16:04 CET",
                strength="A3",
                note="signed with the approver's own enrolled key; time unattested",
            ),
        ),
        history=(),
        brand=Brand(),
    )
    return replace(made, **changes)  # type: ignore[arg-type]
