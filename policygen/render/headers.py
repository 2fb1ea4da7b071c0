"""Headers: what the front matter of a text of record says of the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.model.document import Header
from policygen.render.language.values import NOTHING
from policygen.render.own_words import OwnWords

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from policygen.model.facts import Facts
    from policygen.model.template import DocumentPlan, Volume


class Headers:
    """Makes the header of each document of an organization."""

    def __init__(
        self,
        facts: Facts,
        plans: Sequence[DocumentPlan],
        volumes: Sequence[Volume],
        role_title: Callable[[str], str],
    ) -> None:
        self._facts = facts
        self._presence = {plan.id: plan.presence for plan in plans}
        self._included = {plan.id for plan in plans if plan.included}
        self._bound_into = {part.id: volume.id for volume in volumes for part in volume.parts}
        self._role_title = role_title
        self._own_words = OwnWords(facts)

    def of_plan(self, plan: DocumentPlan) -> Header:
        """The header of one template's document."""
        front = plan.template.front
        organization = self._facts.profile.organization
        return Header(
            id=front.id,
            title=front.title,
            kind=plan.template.kind,
            organization=organization.legal_name,
            short_name=organization.short_name,
            owner=plan.owner,
            owner_title=self._role_title(plan.owner),
            approver=plan.approver,
            approver_title=self._role_title(plan.approver) if plan.approver else None,
            classification=front.classification,
            review_months=plan.review_months,
            audience=self._own_words.audience(front.id, front.audience),
            acknowledge=front.acknowledge,
            criteria=(*plan.primary, *plan.secondary),
            primary=plan.primary,
            related=self._related([plan], but=front.id),
        )

    def behind(self, plan: DocumentPlan) -> frozenset[str]:
        """Parameters that decide whether there is the document, who has it, and what it names."""
        related = (self._presence.get(name, NOTHING) for name in plan.template.front.related)
        return NOTHING.union(plan.presence, plan.leading, *related)

    def of_volume(self, volume: Volume) -> Header:
        """The header of documents that are bound as one; its parts are not in it yet."""
        organization = self._facts.profile.organization
        primary = tuple(dict.fromkeys(name for part in volume.parts for name in part.primary))
        claimed = (name for part in volume.parts for name in (*part.primary, *part.secondary))
        return Header(
            id=volume.id,
            title=volume.title,
            kind=volume.kind,
            organization=organization.legal_name,
            short_name=organization.short_name,
            owner=volume.owner,
            owner_title=self._role_title(volume.owner),
            approver=volume.approver,
            approver_title=self._role_title(volume.approver),
            classification=volume.classification,
            review_months=volume.review_months,
            audience=volume.audience,
            acknowledge=volume.acknowledge,
            criteria=tuple(dict.fromkeys((*primary, *claimed))),
            primary=primary,
            related=self._related(volume.parts, but=volume.id),
        )

    def _related(self, plans: Sequence[DocumentPlan], *, but: str) -> tuple[str, ...]:
        """Related documents of the set: a bound one by the document that it is part of."""
        named = (name for plan in plans for name in plan.template.front.related)
        found = (self._bound_into.get(name, name) for name in named if name in self._included)
        return tuple(name for name in dict.fromkeys(found) if name != but)
