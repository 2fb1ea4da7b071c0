"""Roles: whoever a document names is somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.model.listing import listed
from policygen.problems import Problem, Severity

if TYPE_CHECKING:
    from policygen.model.document import Rendering
    from policygen.model.facts import Facts


def nobody_holds(rendering: Rendering, facts: Facts) -> list[Problem]:
    """Roles that own or approve a document and that nobody holds; owners who approve alone."""
    problems = []
    for document in listed(rendering.plans, rendering.volumes):
        for key, role, place in (
            ("owner", document.owner, document.owner_place),
            ("approver", document.approver, document.approver_place),
        ):
            fact = facts.roles.get(role or "")
            if fact is not None and fact.holder is None and fact.vacant_since is None:
                problems.append(
                    Problem(
                        code="role-nobody-holds",
                        location=place,
                        message=f"{key} {role} of {document.id} is a role that nobody holds",
                        hint=f"Name a person under roles.{role} in organization.yml, "
                        "or give it vacant_since with an acting holder.",
                    )
                )
        owner, approver = facts.roles.get(document.owner), facts.roles.get(document.approver or "")
        if owner and approver and owner.holder and owner.holder == approver.holder:
            problems.append(
                Problem(
                    code="role-owner-approves",
                    severity=Severity.WARNING,
                    location=document.approver_place,
                    message=f"{owner.holder} owns {document.id} and would approve it",
                    hint="Let the chief executive approve it, and the governing body what the "
                    "chief executive owns: documents.overrides in organization.yml.",
                )
            )
    return problems
