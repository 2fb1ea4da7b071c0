"""What the reference pages list beside documents: parameters and roles, as plain values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterRow:
    """One parameter with the value that working texts are rendered with."""

    name: str
    """As templates name it, e.g. `access_review_frequency`."""

    value: str
    """In words, e.g. `once each calendar quarter`."""

    default: str | None
    """In words; None where there is no default, or the value is the default."""

    origin: str
    """Where the value comes from, as a heading: `Set by the organization`."""

    source: str | None
    """Of a promise to customers the contract and clause; None otherwise."""

    bound: str | None
    """The bound in force with its source, e.g. `at most 7 days (PCI DSS 12.6.3)`; None where no
    law or standard sets one."""

    rationale: str | None
    """Why the organization differs from the default; None where it gave no reason."""

    stated: tuple[str, ...]
    """Ids of the documents whose working text states it."""

    decided: tuple[str, ...]
    """Ids of the documents in which it decides what is said."""

    paced: tuple[str, ...]
    """Ids of the documents of which it sets the review interval and nothing else."""

    @property
    def documents(self) -> tuple[str, ...]:
        """Ids of all documents that change with it."""
        return (*self.stated, *self.decided, *self.paced)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRow:
    """One role as the organization fills it."""

    id: str
    """Role id, e.g. `security_officer`."""

    title: str
    holder: str | None
    """Name of the person who holds it. Printed only where the role approves documents; None where
    nobody holds it."""

    remark: str | None
    """Who carries its duties where nobody holds it, or whom a case-by-case role means; None where
    there is nothing to add."""
