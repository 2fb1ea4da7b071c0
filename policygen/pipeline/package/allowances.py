"""Allowances: waivers and exceptions that the profile listed on some day of a window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.audit.lists.exceptions import Allowed
from policygen.pipeline.sources.past import profiles_during

if TYPE_CHECKING:
    from datetime import date, tzinfo

    from policygen.gitrepo.objects import Commit
    from policygen.gitrepo.repository import Repository
    from policygen.model.profile.choices import PolicyException, Waiver
    from policygen.model.profile.root import Profile
    from policygen.model.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowances:
    """What was allowed in a window."""

    rows: tuple[Allowed, ...]
    unread: tuple[str, ...]
    """Commits whose profile this release cannot read, so that it may have allowed more."""


def allowances_during(
    repository: Repository, window: Window, last: Commit, zone: tzinfo
) -> Allowances:
    """Every waiver and exception that ran on some day of a window, removed ones included.

    Args:
        repository: The workspace's repository.
        window: The days.
        last: The newest commit of the window.
        zone: Where days begin.
    """
    open_rows: dict[str, tuple[Waiver | PolicyException, date]] = {}
    rows: list[Allowed] = []
    unread: list[str] = []
    for commit, profile in profiles_during(repository, window.begins_at(zone), last):
        day = max(commit.committed_at.astimezone(zone).date(), window.first)
        if profile is None:
            unread.append(commit.id)
            continue
        listed = _listed(profile)
        for key, (what, since) in list(open_rows.items()):
            if listed.get(key) != what:
                rows.append(Allowed(what=what, first_seen=since, removed=day))
                del open_rows[key]
        for key, what in listed.items():
            open_rows.setdefault(key, (what, day))
    rows += [
        Allowed(what=what, first_seen=since, removed=None) for what, since in open_rows.values()
    ]
    running = [row for row in rows if row.what.expires >= window.first]
    return Allowances(
        rows=tuple(sorted(running, key=lambda row: (row.what.id, row.first_seen))),
        unread=tuple(unread),
    )


def _listed(profile: Profile) -> dict[str, Waiver | PolicyException]:
    found: dict[str, Waiver | PolicyException] = {}
    found |= {f"waiver {row.id}": row for row in profile.waivers}
    found |= {f"exception {row.id}": row for row in profile.exceptions}
    return found
