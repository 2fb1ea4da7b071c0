"""Batches: how many documents somebody decided on in one sitting, and how long it took."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from policygen.model.register import Verdict

PAUSE = timedelta(minutes=15)
"""Decisions of one person that lie closer together than this belong to one sitting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Decisions of one person in one sitting."""

    person: str
    count: int
    first_at: datetime
    last_at: datetime

    def __str__(self) -> str:
        consents = f"{self.count} consent{'' if self.count == 1 else 's'}"
        minutes = -(-(self.last_at - self.first_at).total_seconds() // 60)
        span = f"within {minutes:.0f} minute{'' if minutes == 1 else 's'}" if minutes else "at once"
        return f"{consents} by {self.person} on {self.first_at.date().isoformat()} {span}"


def batches(verdicts: Iterable[Verdict]) -> tuple[Batch, ...]:
    """All sittings, largest first; of two alike the later one.

    Whoever decides on seventy documents in a minute has not read them that minute: a reader of
    the evidence is told, and judges for themselves.
    """
    open_batches: dict[str, Batch] = {}
    found: list[Batch] = []
    for verdict in sorted(verdicts, key=lambda item: item.consent.at):
        person, at = verdict.consent.person, verdict.consent.at
        batch = open_batches.get(person)
        if batch is not None and at - batch.last_at <= PAUSE:
            open_batches[person] = replace(batch, count=batch.count + 1, last_at=at)
            continue
        if batch is not None:
            found.append(batch)
        open_batches[person] = Batch(person=person, count=1, first_at=at, last_at=at)
    found += open_batches.values()
    return tuple(sorted(found, key=lambda item: (item.count, item.first_at), reverse=True))
