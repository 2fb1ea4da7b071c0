"""The matrix: criteria, controls, statements and documents, and what is covered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policygen.model.catalogue import Control, Criterion
    from policygen.model.document import Statement


class Coverage(Enum):
    """How far a criterion or control is covered; each step includes the ones before."""

    GAP = "gap"
    """In scope, and no statement stands under it."""

    MAPPED = "mapped"
    """A statement in the working text stands under it."""

    APPROVED = "approved"
    """Such a statement is in an approved version."""

    IN_FORCE = "in force"
    """Such a statement is in force on the as-of date, its review overdue."""

    CURRENT = "not overdue"
    """Such a statement is in force and its review is not overdue."""

    SET_ASIDE = "set aside by a waiver"
    """A waiver sets the statement aside until a day; it covers nothing until then."""

    SUBSERVICE = "met by a subservice organization"
    """Relied on a provider whose report was reviewed."""

    OUT_OF_SCOPE = "out of scope"
    """Its category is not examined."""

    NOT_APPLICABLE = "not applicable"
    """Declared so with a reason, or its condition does not hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRow:
    """A statement with the document and version that state it."""

    statement: Statement
    document_title: str
    version: str | None
    """The version in force that states it; None where only working text does."""

    coverage: Coverage
    reason: str | None = None
    """Why a waiver sets it aside and until when; None where none does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlRow:
    """A control with its statements."""

    control: Control
    owner_title: str
    frequency: str
    """In words, e.g. `once each calendar quarter`."""

    statements: tuple[StatementRow, ...]
    coverage: Coverage
    reason: str | None
    """Why it is out of scope or does not apply, or which statements were left out or set aside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionRow:
    """A criterion with its controls and documents."""

    criterion: Criterion
    controls: tuple[str, ...]
    """Ids of the controls that serve it and apply."""

    primary: tuple[str, ...]
    """Ids of its primary documents."""

    secondary: tuple[str, ...]
    coverage: Coverage
    reason: str | None


class ConflictState(Enum):
    """How conflicting duties stand."""

    APART = "apart"
    """Different people carry them."""

    COMPENSATED = "compensated"
    """One person carries them, and a statement says what is done instead."""

    WAIVED = "waived"
    """One person carries them, and a waiver sets that aside until a day."""

    OPEN = "open"
    """One person carries them, and nothing is done instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictRow:
    """Duties that one person should not carry together, as of a date; people are not named."""

    id: str
    titles: tuple[str, ...]
    """Titles of the roles that carry them."""

    why: str
    control: str
    instead: str | None
    """Id of the statement that compensates; None where none has to or does."""

    state: ConflictState
    coverage: Coverage
    """How far the control can count at most."""

    note: str
    """The state in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Criteria ↔ controls ↔ statements ↔ documents, as of a date."""

    criteria: tuple[CriterionRow, ...]
    controls: tuple[ControlRow, ...]
    statements: tuple[StatementRow, ...]
    """In document order, those that do not apply included."""

    conflicts: tuple[ConflictRow, ...] = ()
    """Conflicting duties that the organization declares."""
