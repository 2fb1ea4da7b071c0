"""The list of documents that an organization has: alone, or several bound as one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policygen.model.template import DocumentPlan, Volume
    from policygen.problems import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A document of the set, with who answers for it."""

    id: str
    title: str
    kind: str
    classification: str
    owner: str
    """Role id after conditions, overrides and fallback."""

    approver: str | None
    """Role id; None where its owner approves it."""

    owner_place: Location
    """Where its owner is named."""

    approver_place: Location


def listed(plans: Sequence[DocumentPlan], volumes: Sequence[Volume]) -> tuple[Listed, ...]:
    """The documents of the set in the order of their templates, merged ones where they begin."""
    inside = {part.id: volume for volume in volumes for part in volume.parts}
    rows: dict[str, Listed] = {}
    for plan in plans:
        volume = inside.get(plan.id)
        if volume is not None:
            rows.setdefault(volume.id, _of_volume(volume))
        elif plan.included:
            rows[plan.id] = _of_plan(plan)
    return tuple(rows.values())


def _of_plan(plan: DocumentPlan) -> Listed:
    front = plan.template.front
    return Listed(
        id=plan.id,
        title=front.title,
        kind=front.kind,
        classification=front.classification,
        owner=plan.owner,
        approver=plan.approver,
        owner_place=plan.template.place("owner"),
        approver_place=plan.template.place("approver"),
    )


def _of_volume(volume: Volume) -> Listed:
    return Listed(
        id=volume.id,
        title=volume.title,
        kind=volume.kind.value,
        classification=volume.classification,
        owner=volume.owner,
        approver=volume.approver,
        owner_place=volume.location,
        approver_place=volume.location,
    )
