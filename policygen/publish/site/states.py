"""How the state of a document, control or criterion reads on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from policygen.model.matrix import Coverage
from policygen.model.register import Flag, State
from policygen.publish.site.chrome import status
from policygen.words import long_date

if TYPE_CHECKING:
    from policygen.model.register import Entry
    from policygen.publish.site.content import SiteContent


def entry_status(content: SiteContent, entry: Entry) -> str:
    """The state of a document in the words of its readers."""
    if content.preview and entry.id in content.editions:
        return status("draft", "Draft")
    return _not_in_force(entry) if entry.in_force is None else _in_force(entry)


def _in_force(entry: Entry) -> str:
    if Flag.OVERDUE in entry.flags:
        return status("overdue", "In force, review overdue")
    if Flag.WITHDRAWN in entry.flags:
        return status("due", "In force, to be retired")
    if Flag.DUE in entry.flags:
        return status("due", "In force, review due")
    return status("effective", "In force")


def _not_in_force(entry: Entry) -> str:
    match entry.state:
        case State.APPROVED:
            coming = [version for version in entry.versions if version.state is State.APPROVED]
            start = f", takes effect {long_date(coming[-1].effective)}" if coming else ""
            return status("approved", f"Approved{start}")
        case State.IN_REVIEW:
            return status("draft", "Not yet approved, in review")
        case State.RETIRED:
            return status("retired", "Retired")
        case State.DRAFT | State.EFFECTIVE | State.SUPERSEDED:
            return status("draft", "Not yet approved")
        case _:
            assert_never(entry.state)


def coverage_status(coverage: Coverage) -> str:
    """How far something is covered, as a shape and words."""
    match coverage:
        case Coverage.GAP | Coverage.SET_ASIDE:
            shape = "overdue"
        case Coverage.MAPPED:
            shape = "draft"
        case Coverage.APPROVED:
            shape = "approved"
        case Coverage.IN_FORCE:
            shape = "due"
        case Coverage.CURRENT | Coverage.SUBSERVICE:
            shape = "effective"
        case Coverage.OUT_OF_SCOPE | Coverage.NOT_APPLICABLE:
            shape = "retired"
        case _:
            assert_never(coverage)
    return status(shape, COVERAGE_WORDS[coverage])


COVERAGE_WORDS = {
    Coverage.GAP: "Gap",
    Coverage.SET_ASIDE: "Set aside by a waiver",
    Coverage.MAPPED: "In working text only",
    Coverage.APPROVED: "Approved, not yet in force",
    Coverage.IN_FORCE: "In force, review overdue",
    Coverage.CURRENT: "In force",
    Coverage.SUBSERVICE: "Met by a subservice organization",
    Coverage.OUT_OF_SCOPE: "Out of scope",
    Coverage.NOT_APPLICABLE: "Not applicable",
}
"""Coverage in the words of the matrix pages, from worst to best."""
