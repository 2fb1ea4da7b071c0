"""The matrix as of a date, from the texts that count: rows of statements, controls, criteria."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from policygen import words
from policygen.matrix.conflicts import conflict_rows, notes_on, with_conflicts
from policygen.matrix.sources import STEPS, claims_of, sources_of, statements_of
from policygen.model.catalogue import FREQUENCIES
from policygen.model.document import Kind
from policygen.model.matrix import (
    ControlRow,
    Coverage,
    CriterionRow,
    Matrix,
    StatementRow,
)
from policygen.model.waiver import WaiverState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from policygen.conditions.condition import Condition
    from policygen.matrix.sources import Claim, Source
    from policygen.model.catalogue import Control, Criterion
    from policygen.model.document import Document, Statement
    from policygen.model.facts import Facts
    from policygen.model.matrix import ConflictRow
    from policygen.model.register import Register
    from policygen.model.waiver import WaiverStanding


def build_matrix(
    facts: Facts,
    documents: Sequence[Document],
    register: Register,
    holds: Callable[[Condition], bool],
    *,
    show_working: bool,
    waivers: Sequence[WaiverStanding] = (),
) -> Matrix:
    """The matrix as of the register's date.

    A document counts with its text in force; one without counts with its working text, as mapped
    and no further. A fresh workspace is therefore not green.

    Args:
        facts: The profile and the registries.
        documents: The working texts.
        register: Versions and states as of a date.
        holds: Whether a condition holds for the organization.
        show_working: Whether sentences that are not in force are shown; a site in force shows
            only that they exist.
        waivers: Those of the profile; a statement that one sets aside on the day covers nothing.
    """
    sources = sources_of(documents, register)
    claims = claims_of(sources)
    set_aside = statements_set_aside(waivers, register.as_of)
    statements = tuple(
        _statement_row(statement, source, set_aside, show_working=show_working)
        for statement, source in statements_of(sources)
    )
    conflicts = conflict_rows(facts, statements, waivers, register.as_of)
    controls = tuple(
        with_conflicts(_control_row(control, statements, facts, holds), conflicts)
        for control in facts.registries.controls.values()
    )
    criteria = tuple(
        _criterion_row(criterion, controls, claims, conflicts, facts)
        for criterion in facts.registries.criteria.values()
    )
    return Matrix(criteria=criteria, controls=controls, statements=statements, conflicts=conflicts)


def statements_set_aside(waivers: Iterable[WaiverStanding], day: date) -> dict[str, str]:
    """Why each statement that a waiver sets aside on a day does not count, by its id."""
    return {
        row.waiver.statement: f"set aside until {row.waiver.expires} by {row.approver}: "
        f"{row.waiver.reason}"
        for row in waivers
        if row.waiver.statement is not None
        and row.state is not WaiverState.REFUSED
        and row.waiver.start <= day <= row.waiver.expires
    }


def _statement_row(
    statement: Statement, source: Source, set_aside: Mapping[str, str], *, show_working: bool
) -> StatementRow:
    hidden = source.version is None and not show_working
    coverage = source.coverage
    if not statement.applies:
        coverage = Coverage.NOT_APPLICABLE
    elif statement.id in set_aside:
        coverage = Coverage.SET_ASIDE
    return StatementRow(
        statement=replace(statement, text="") if hidden else statement,
        document_title=source.text.header.title,
        version=source.version,
        coverage=coverage,
        reason=set_aside.get(statement.id) if coverage is Coverage.SET_ASIDE else None,
    )


def _control_row(
    control: Control,
    statements: Iterable[StatementRow],
    facts: Facts,
    holds: Callable[[Condition], bool],
) -> ControlRow:
    rows = tuple(row for row in statements if row.statement.control == control.id)
    owner = facts.roles.get(control.owner)
    reason: str | None = None
    if not any(_category_in_scope(facts, criterion) for criterion in control.criteria):
        coverage, reason = Coverage.OUT_OF_SCOPE, "its criteria are not examined"
    elif not holds(control.when):
        coverage, reason = Coverage.NOT_APPLICABLE, f"{control.when.source} does not hold"
    else:
        coverage = _best(row.coverage for row in rows)
        reason = _lost(rows) or None if coverage is Coverage.GAP else None
    return ControlRow(
        control=control,
        owner_title=owner.title if owner else control.owner,
        frequency=_frequency(control, facts),
        statements=rows,
        coverage=coverage,
        reason=reason,
    )


def _frequency(control: Control, facts: Facts) -> str:
    if control.frequency == "event":
        return "each time it occurs"
    if control.frequency == "continuous":
        return "continuously"
    value = facts.parameters[control.frequency].value
    unit = facts.parameters[control.frequency].parameter.unit
    if value is None:
        return "not set"
    if isinstance(value, str) and value in FREQUENCIES:
        return words.every(value)
    if isinstance(value, int | float) and unit:
        return f"every {words.quantity(value, unit)}"
    return "as its table says"


def _criterion_row(
    criterion: Criterion,
    controls: Sequence[ControlRow],
    claims: Sequence[Claim],
    conflicts: Sequence[ConflictRow],
    facts: Facts,
) -> CriterionRow:
    serving = [
        row
        for row in controls
        if criterion.id in row.control.criteria
        and row.coverage not in (Coverage.OUT_OF_SCOPE, Coverage.NOT_APPLICABLE)
    ]
    primary = [claim for claim in claims if criterion.id in claim.part.primary]
    main = tuple(dict.fromkeys(claim.document for claim in primary))
    others = (claim.document for claim in claims if criterion.id in claim.part.criteria)
    coverage, reason = _criterion_coverage(criterion, serving, primary, facts)
    if coverage in STEPS:
        reason = "; ".join(filter(None, (reason, *notes_on(serving, conflicts)))) or None
    return CriterionRow(
        criterion=criterion,
        controls=tuple(row.control.id for row in serving),
        primary=main,
        secondary=tuple(name for name in dict.fromkeys(others) if name not in main),
        coverage=coverage,
        reason=reason,
    )


def _criterion_coverage(
    criterion: Criterion,
    serving: Sequence[ControlRow],
    primary: Sequence[Claim],
    facts: Facts,
) -> tuple[Coverage, str | None]:
    if not _category_in_scope(facts, criterion.id):
        return Coverage.OUT_OF_SCOPE, f"{criterion.category.replace('_', ' ')} is not examined"
    description = facts.profile.system_description
    for row in description.criteria_not_applicable:
        if row.criterion == criterion.id:
            return Coverage.NOT_APPLICABLE, row.rationale
    providers = _providers(criterion, facts)
    if providers and all(_oversees_providers(row.control) for row in serving):
        return Coverage.SUBSERVICE, providers
    coverage, reason = _own_coverage(criterion, serving, primary)
    # Whoever runs a part of it is not covered by the provider of another part.
    in_part = f"in part met by {providers}" if providers else None
    return coverage, "; ".join(part for part in (reason, in_part) if part) or None


def _providers(criterion: Criterion, facts: Facts) -> str:
    """Who meets a criterion for us, with what, and when the report was read; empty for nobody."""
    return ", ".join(
        f"{provider.name} ({provider.service}; report reviewed on {provider.reviewed_on})"
        for provider in facts.profile.system_description.subservice_organizations
        if provider.method == "carve_out"
        and criterion.id in provider.criteria_relied_on
        and provider.reviewed_on
    )


def _oversees_providers(control: Control) -> bool:
    """Whether a control exists only because of the providers that are relied on."""
    return "system_description.subservice_organizations" in control.when.fields


def _own_coverage(
    criterion: Criterion, serving: Sequence[ControlRow], primary: Sequence[Claim]
) -> tuple[Coverage, str | None]:
    kinds = {claim.part.kind for claim in primary}
    missing = [kind.value for kind in (Kind.POLICY, Kind.PROCEDURE) if kind not in kinds]
    if missing:
        return Coverage.GAP, f"no {' and no '.join(missing)} has it as a main criterion"
    rows = [
        (row, control)
        for control in serving
        for row in control.statements
        if criterion.id in row.statement.criteria
    ]
    best = _best(_counted(row, control) for row, control in rows)
    if best is Coverage.GAP:
        lost = _lost(row for row, _ in rows)
        return Coverage.GAP, lost or "no statement that applies stands under it"
    # The weakest main document decides: half of a set in force is not a set in force.
    weakest = min((claim.source.coverage for claim in primary), key=STEPS.index)
    return min(best, weakest, key=STEPS.index), None


def _counted(row: StatementRow, control: ControlRow) -> Coverage:
    """How far a statement counts: no further than its control, whose duties may meet."""
    if row.coverage not in STEPS or control.coverage not in STEPS:
        return Coverage.GAP
    return min(row.coverage, control.coverage, key=STEPS.index)


def _best(found: Iterable[Coverage]) -> Coverage:
    steps = [coverage for coverage in found if coverage in STEPS]
    return max(steps, key=STEPS.index, default=Coverage.GAP)


def _lost(rows: Iterable[StatementRow]) -> str:
    """Statements that would cover it, had nobody left them out or set them aside."""
    lost = [
        f"{row.statement.id} is {row.reason or row.statement.not_applicable}"
        for row in rows
        if row.coverage is Coverage.SET_ASIDE or row.statement.left_out
    ]
    return "; ".join(lost)


def _category_in_scope(facts: Facts, criterion: str) -> bool:
    category = facts.registries.criteria[criterion].category
    return bool(getattr(facts.profile.tsc, category))
