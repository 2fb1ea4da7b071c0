"""The lists of a package, each with where it comes from and what was left out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from policygen.audit.lists import profile as profile_lists
from policygen.audit.lists.approvals import Seen, approvals, changes
from policygen.audit.lists.exceptions import exceptions
from policygen.audit.lists.listing import Listing
from policygen.audit.lists.matrix import control_matrix, criteria_coverage
from policygen.audit.lists.reviews import reviews
from policygen.audit.lists.shown_names import People, shown_as
from policygen.audit.package.document_register import document_register
from policygen.conditions.condition import evaluate
from policygen.history.dates import add_months, local_day
from policygen.history.reviews.carried_out import summarize_reviews
from policygen.matrix.build import build_matrix
from policygen.model.register import Flag
from policygen.model.review import Period
from policygen.model.waiver import WaiverStanding, WaiverState
from policygen.pipeline.package.allowances import allowances_during
from policygen.pipeline.package.answers import forge_listing, insurance_listing
from policygen.pipeline.package.interchange import interchange_listings
from policygen.pipeline.package.redlines import change_lines
from policygen.pipeline.situation import review_rules
from policygen.problems import Location
from policygen.value_words import value_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.audit.package.manifest import IndexLine
    from policygen.model.document import RecordText
    from policygen.model.matrix import Matrix
    from policygen.model.review import ReviewSummary
    from policygen.pipeline.package.examined import Examined
    from policygen.tables import Table

_DAY = timedelta(days=1)
EVIDENCE = "evidence/ of the package"
PROFILE = "organization.yml at the commit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What was asked for about the lists."""

    systems: frozenset[str] | None = None
    """Ids of the systems that the package is about; None means all."""

    people: People = People.FULL
    """How names are shown in lists of reviews."""


def listings(
    examined: Examined, lines: tuple[IndexLine, ...], matrix: Matrix, chosen: Chosen
) -> Iterator[Listing]:
    """Every list, in the order in which a reader wants them."""
    yield Listing(
        tables=document_register(
            examined.register, examined.in_force, lines, examined.window, examined.day_of
        ),
        folder="index",
        source=f"{EVIDENCE}; of documents never approved the titles in rendered/ at the commit",
        filter="nothing",
    )
    yield from _matrix(examined, matrix)
    yield from _decisions(examined)
    yield _reviews(examined, chosen)
    yield from forge_listing(examined)
    yield from _profile(examined, chosen)
    yield insurance_listing(examined, matrix)
    yield from interchange_listings(examined, lines)


def matrix_at(examined: Examined) -> Matrix:
    """The matrix as of the window's last day."""
    past = examined.past
    return build_matrix(
        past.facts,
        past.documents,
        examined.register,
        lambda condition: evaluate(condition, past.context),
        show_working=False,
        waivers=tuple(_standings(examined)),
    )


def _standings(examined: Examined) -> Iterator[WaiverStanding]:
    """The waivers of then, as far as the matrix needs them: by their days."""
    profile = examined.past.facts.profile
    names = {person.id: person.name for person in profile.people}
    for waiver in profile.waivers:
        is_sound = waiver.approved_by != waiver.beneficiary
        yield WaiverStanding(
            waiver=waiver,
            state=WaiverState.ACTING if is_sound else WaiverState.REFUSED,
            location=Location("organization.yml"),
            approver=names.get(waiver.approved_by, waiver.approved_by),
            beneficiary=names.get(waiver.beneficiary, waiver.beneficiary),
            problems=(),
        )


def _matrix(examined: Examined, matrix: Matrix) -> Iterator[Listing]:
    texts: dict[str, RecordText] = {doc.id: doc.record for doc in examined.past.documents}
    texts |= {
        entry.id: entry.in_force.text
        for entry in examined.register.entries
        if entry.in_force is not None
    }
    source = (
        f"statements of the texts in force on the last day, {EVIDENCE}; scope and waivers from "
        f"{PROFILE}; controls from the registry of the release"
    )
    yield Listing(
        tables=(criteria_coverage(matrix),), folder="index", source=source, filter="nothing"
    )
    yield Listing(
        tables=control_matrix(matrix, texts), folder="index", source=source, filter="nothing"
    )


def _decisions(examined: Examined) -> Iterator[Listing]:
    window, found = examined.window, examined.found
    appearances = found.repository.appearances("evidence") if found.repository else {}

    def seen(path: str) -> Seen | None:
        at = appearances.get(path)
        return None if at is None else Seen(commit=at.commit, at=at.committed_at)

    given = [
        verdict
        for verdict in found.judgement.verdicts
        if local_day(verdict.consent.at, examined.zone) <= window.last
    ]
    yield Listing(
        tables=approvals(given, window, examined.day_of, seen),
        folder="approvals",
        source=f"{EVIDENCE}; days in git from the history of the default branch",
        filter="consents that hold, given until the end of the window",
    )
    yield Listing(
        tables=(changes(change_lines(examined), window, examined.day_of),),
        folder="changes",
        source=EVIDENCE,
        filter="versions and retirements that took effect in the window",
    )
    yield _allowances(examined)


def reviews_in(examined: Examined) -> ReviewSummary:
    """Reviews of the period; for one day those of the year that ends with it."""
    window = examined.window
    first = window.first if window.is_period else add_months(window.last, -12) + _DAY
    return summarize_reviews(
        examined.register,
        examined.found.judgement,
        Period(name=str(window), first=first, last=window.last),
        review_rules(examined.past.facts, examined.zone),
    )


def _reviews(examined: Examined, chosen: Chosen) -> Listing:
    summary = reviews_in(examined)
    names = [name for row in summary.reviews for name in row.people]
    days = f"{summary.period.first.isoformat()} to {summary.period.last.isoformat()}"
    return Listing(
        tables=reviews(
            summary,
            shown_as(chosen.people, names),
            with_records=chosen.people is People.FULL,
        ),
        folder="reviews",
        source=EVIDENCE,
        filter=f"reviews that were due, open or carried out from {days}; names "
        f"{chosen.people.value}",
    )


def _allowances(examined: Examined) -> Listing:
    repository = examined.found.repository
    assert repository is not None, "a past without a repository is refused"
    past = examined.past
    found = allowances_during(repository, examined.window, past.commit, examined.zone)
    profile = past.facts.profile
    names = {person.id: person.name for person in profile.people}
    names |= {role: fact.title for role, fact in past.facts.roles.items()}
    unread = f"; not readable: {', '.join(found.unread)}" if found.unread else ""
    return Listing(
        tables=(exceptions(found.rows, examined.window, lambda each: names.get(each, each)),),
        folder="exceptions",
        source=f"organization.yml at every commit of the window{unread}",
        filter="those whose last day is not before the window",
    )


def _profile(examined: Examined, chosen: Chosen) -> Iterator[Listing]:
    facts = examined.past.facts
    scope = profile_lists.Scope(systems=chosen.systems)
    only = "nothing" if scope.systems is None else f"systems {', '.join(sorted(scope.systems))}"
    tables = (
        ("index", None, profile_lists.parameters(
            facts,
            lambda parameter, value: value_words(facts, parameter, value),
            examined.past.uses,
        )),
        ("system", "roles-register", profile_lists.roles(facts)),
        ("system", "systems-register", profile_lists.systems(facts, scope)),
        ("system", "vendors-register", profile_lists.vendors(facts, scope)),
        ("system", "vendors-register",
         profile_lists.subservice_organizations(facts, examined.window.last)),
        ("system", "cuec-register", profile_lists.cuecs(facts)),
    )  # fmt: skip
    for folder, register, table in tables:
        is_filtered = table.name in ("systems", "vendors")
        yield Listing(
            tables=(_beside(table, examined, register),),
            folder=folder,
            source=PROFILE,
            filter=only if is_filtered else "nothing",
        )


def _beside(table: Table, examined: Examined, register: str | None) -> Table:
    """The table, saying so where the approved register of the same facts reads otherwise."""
    entry = None if register is None else examined.register.entry(register)
    if entry is None:
        return table
    if entry.in_force is None:
        told = f"The {entry.title} was not in force on the last day: this is the profile alone."
    elif Flag.DRIFTED in entry.flags:
        told = (
            f"The profile had changes that the {entry.title} {entry.in_force.version} in force "
            "did not have yet; the approved list is its PDF."
        )
    else:
        return table
    return replace(table, note=" ".join(filter(None, (told, table.note))))
