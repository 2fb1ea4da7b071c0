"""The plan: which documents an organization has, and who owns and approves each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen import words
from policygen.conditions.condition import ConditionError, evaluate, parse_condition
from policygen.conditions.reach import deciding
from policygen.model.catalogue import FREQUENCIES
from policygen.model.document import LEFT_OUT, Kind
from policygen.model.template import DocumentPlan, Template
from policygen.problems import Problem
from policygen.render.conditions import front_matter_conditions, front_matter_problems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policygen.conditions.condition import ConditionContext
    from policygen.model.facts import Facts


class Planner:
    """Decides for one organization what each template's front matter leaves open."""

    def __init__(self, facts: Facts, context: ConditionContext) -> None:
        self._facts = facts
        self._context = context
        self._problems: list[Problem] = []

    def plan(
        self, templates: Sequence[Template]
    ) -> tuple[tuple[DocumentPlan, ...], tuple[Problem, ...]]:
        """A plan for each template, in the order given, and what is wrong with front matter."""
        plans = tuple(self._plan_one(template) for template in templates)
        self._check_related(plans)
        return plans, tuple(self._problems)

    def holds(self, text: str) -> bool:
        """Whether a condition holds; one that cannot be read is false (and reported elsewhere)."""
        try:
            return evaluate(parse_condition(text), self._context)
        except ConditionError:
            return False

    def deciding(self, text: str) -> frozenset[str]:
        """Parameters that could turn a condition; none where it cannot be read."""
        try:
            return deciding(parse_condition(text), self._context)
        except ConditionError:
            return frozenset()

    def _plan_one(self, template: Template) -> DocumentPlan:
        front = template.front
        self._problems += front_matter_problems(template, self._facts.registries)
        self._check_names(template)
        excluded, why = self._excluded(template)
        owner = self._role(template, "owner", self._first_role(template, "owner_when", front.owner))
        approver: str | None = None
        if template.kind is not Kind.REGISTER:
            chosen = self._first_role(template, "approver_when", front.approver)
            if chosen is None:
                self._problem(
                    template,
                    "kind",
                    "template-no-approver",
                    f"{front.id} is a {front.kind} and names no approver",
                    "Add approver: with a role id.",
                )
            else:
                approver = self._role(template, "approver", chosen)
        elif front.approver is not None:
            self._problem(
                template,
                "approver",
                "template-register-approver",
                f"{front.id} is a register, which its owner approves alone",
                "Remove approver.",
            )
        primary = tuple(
            criterion
            for criterion in front.primary
            if self.holds(front.primary_when.get(criterion, "true"))
        )
        return DocumentPlan(
            template=template,
            included=not excluded,
            reason=why,
            owner=owner,
            approver=approver,
            variant=self._variant(template),
            primary=primary,
            secondary=(
                *front.secondary,
                *(criterion for criterion in front.primary if criterion not in primary),
            ),
            review_months=self._review_months(template),
            presence=self._presence(template),
            leading=self._leading(template),
        )

    def _presence(self, template: Template) -> frozenset[str]:
        front, chosen = template.front, self._facts.profile.documents
        is_decided = front.id in (*chosen.include, *(row.id for row in chosen.exclude))
        return frozenset() if is_decided else self.deciding(front.include_when)

    def _leading(self, template: Template) -> frozenset[str]:
        conditions = (
            text for key, text in front_matter_conditions(template) if key != "include_when"
        )
        return frozenset[str]().union(*map(self.deciding, conditions))

    def _excluded(self, template: Template) -> tuple[bool, str]:
        front = template.front
        chosen = self._facts.profile.documents
        reason = next((row.reason for row in chosen.exclude if row.id == front.id), None)
        if reason is not None:
            return True, LEFT_OUT + reason
        if front.id in chosen.include:
            return False, ""
        if self.holds(front.include_when):
            return False, ""
        return True, front.excluded_because or f"the condition {front.include_when} does not hold"

    def _first_role(self, template: Template, key: str, default: str | None) -> str | None:
        overrides = self._facts.profile.documents.overrides.get(template.front.id)
        override = getattr(overrides, key.removesuffix("_when"), None) if overrides else None
        if override:
            return str(override)
        rows = template.front.owner_when if key == "owner_when" else template.front.approver_when
        for row in rows:
            if self.holds(row.when):
                return row.role
        return default

    def _role(self, template: Template, key: str, role: str | None) -> str:
        fact = self._facts.roles.get(role or "")
        if role is None or fact is None or fact.role.pseudo:
            self._problem(
                template,
                key,
                "template-unknown-role",
                f'{key} "{role}" is not a role that can own or approve documents',
                "policygen explain roles lists them.",
            )
            return role or ""
        return fact.filled_by

    def _variant(self, template: Template) -> str:
        for row in template.front.variant:
            if self.holds(row.when):
                return row.id
        return ""

    def _review_months(self, template: Template) -> int:
        name = template.front.cadence
        value = self._facts.parameters[name].value if name in self._facts.parameters else None
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, str) and value in FREQUENCIES:
            return max(words.months_of(value), 1)
        self._problem(
            template,
            "cadence",
            "template-unknown-cadence",
            f"cadence {name} is not a parameter that holds months or a frequency",
            "Use policy_review_months or register_review_frequency.",
        )
        return 12

    def _check_names(self, template: Template) -> None:
        """Roles and criteria that the front matter names, in branches not taken too."""
        front = template.front
        for name in ("owner_when", "approver_when"):
            for index, row in enumerate(getattr(front, name)):
                self._role(template, f"{name}.{index}.role", row.role)
        for name in ("primary", "secondary", "primary_when"):
            for index, criterion in enumerate(getattr(front, name)):
                key = f"{name}.{criterion if name == 'primary_when' else index}"
                if criterion not in self._facts.registries.criteria:
                    self._problem(
                        template,
                        key,
                        "template-unknown-criterion",
                        f"{criterion} is not one of the Trust Services Criteria",
                        "policygen explain criteria lists them.",
                    )
                elif name == "primary_when" and criterion not in front.primary:
                    self._problem(
                        template,
                        key,
                        "template-primary-when",
                        f"primary_when names {criterion}, which primary does not list",
                        f"Add {criterion} to primary, or remove the condition.",
                    )
        if front.variant and front.variant[-1].when.strip() != "true":
            self._problem(
                template,
                f"variant.{len(front.variant) - 1}.when",
                "template-variant-open",
                "no variant holds where every condition is false",
                'Give the last variant when: "true".',
            )

    def _check_related(self, plans: Sequence[DocumentPlan]) -> None:
        known = {plan.id for plan in plans}
        for plan in plans:
            for index, related in enumerate(plan.template.front.related):
                if related not in known:
                    self._problem(
                        plan.template,
                        f"related.{index}",
                        "template-unknown-document",
                        f"{related} is not a document of this workspace",
                        "Remove it from related, or add the document.",
                    )

    def _problem(
        self, template: Template, key: str, code: str, message: str, hint: str | None
    ) -> None:
        self._problems.append(
            Problem(code=code, location=template.place(key), message=message, hint=hint)
        )
