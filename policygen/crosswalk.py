"""The crosswalk: criteria beside the ids of other standards, informative, as one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.tables import Column, Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from policygen.model.catalogue import Criterion, Registries

DISCLAIMER = (
    "Informative. The mapping names ids and claims no equivalence: a control that serves a "
    "criterion need not satisfy the requirement beside it, and nothing is met because it stands "
    "here. The wording of each standard is its publisher's and is not reproduced."
)


def crosswalk_table(registries: Registries) -> Table:
    """One row a criterion, one column a standard; what a workspace added comes last."""
    walks = registries.crosswalks.values()
    return Table(
        name="crosswalk",
        title="Crosswalk",
        columns=(
            Column(title="Criterion"),
            Column(title="Title", width=36),
            *(
                Column(title=f"{walk.title} ({walk.relationship}, informative)", width=24)
                for walk in walks
            ),
        ),
        rows=tuple(
            (
                criterion.id,
                criterion.title,
                *(", ".join(walk.ids.get(criterion.id, ())) for walk in walks),
            )
            for criterion in _mapped(registries)
        ),
        note=DISCLAIMER,
    )


def sources_table(registries: Registries) -> Table:
    """Whose mapping each column is."""
    return Table(
        name="crosswalk-sources",
        title="Crosswalk sources",
        columns=(
            Column(title="Standard"),
            Column(title="Relationship"),
            Column(title="Source"),
            Column(title="Brought by"),
        ),
        rows=tuple(
            (
                walk.title,
                walk.relationship,
                walk.source,
                "this organization" if walk.own else "policygen",
            )
            for walk in registries.crosswalks.values()
        ),
    )


def _mapped(registries: Registries) -> Iterable[Criterion]:
    """Criteria that at least one mapping knows."""
    known = {name for walk in registries.crosswalks.values() for name in walk.ids}
    return [row for row in registries.criteria.values() if row.id in known]
