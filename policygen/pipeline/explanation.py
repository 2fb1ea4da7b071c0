"""What a name means here: parameter, control, criterion, statement, role, document or code."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from policygen import words
from policygen.model.facts import Origin
from policygen.model.listing import listed
from policygen.model.uses import reach
from policygen.pipeline.problem_codes import problem_codes
from policygen.problems import Problem, UsageError

if TYPE_CHECKING:
    from policygen.model.document import Declaration, Statement
    from policygen.model.facts import Facts, ParameterValue
    from policygen.model.template import DocumentPlan, Volume
    from policygen.pipeline.sources.survey import Survey

KINDS = ("parameters", "controls", "criteria", "statements", "roles", "documents", "codes")
"""What can be listed."""


def explain(found: Survey, name: str) -> str:
    """A few lines about a name, or a list where `name` is one of `KINDS`.

    Raises:
        UsageError: Nothing has this name.
    """
    facts = found.facts
    if name in KINDS:
        return "\n".join(_listing(found, name))
    key = name.removeprefix("p.")
    if key in facts.parameters:
        return _parameter(found, facts.parameters[key])
    explainers = (_control, _criterion, _statement, _role, _document, _code)
    for explainer in explainers:
        text = explainer(found, name)
        if text:
            return text
    known = [entry.split(":")[0] for kind in KINDS for entry in _listing(found, kind)]
    near = difflib.get_close_matches(name, known, n=3)
    raise UsageError(
        Problem(
            code="usage-unknown-name",
            message=f"nothing is named {name}",
            hint=f"did you mean {', '.join(near)}?" if near else f"Lists: {', '.join(KINDS)}.",
        )
    )


def _listing(found: Survey, kind: str) -> list[str]:
    facts = found.facts
    match kind:
        case "parameters":
            return [f"{name}: {_shown(value)}" for name, value in facts.parameters.items()]
        case "controls":
            return [f"{row.id}: {row.title}" for row in facts.registries.controls.values()]
        case "criteria":
            return [f"{row.id}: {row.title}" for row in facts.registries.criteria.values()]
        case "statements":
            return [f"{row.id}: {row.document}" for row in found.rendering.declared]
        case "roles":
            return [f"{role}: {_holder(facts, role)}" for role in facts.roles]
        case "documents":
            return [f"{volume.id}: {volume.title}" for volume in found.rendering.volumes] + [
                f"{plan.id}: {plan.template.front.title}{_standing(found, plan)}"
                for plan in found.rendering.plans
            ]
        case _:
            return [f"{code}: {says}" for code, (says, _) in problem_codes().items()]


def _parameter(found: Survey, value: ParameterValue) -> str:
    parameter = value.parameter
    lines = [f"{parameter.name} = {_shown(value)}", f"  set by: {_origin(value)}"]
    if parameter.choices:
        lines.append(f"  allowed: {', '.join(str(choice) for choice in parameter.choices)}")
    elif parameter.minimum is not None:
        lines.append(f"  allowed: {parameter.minimum:g} to {parameter.maximum or 0:g}")
    if value.floor is not None:
        lines.append(f"  bound in force: {value.floor.note} ({value.floor.source})")
    if parameter.note:
        lines.append(f"  note: {parameter.note}")
    return "\n".join((*lines, *_reach(found, parameter.name)))


def _reach(found: Survey, parameter: str) -> list[str]:
    """The documents that change with a parameter; no other does."""
    there = reach(found.rendering, parameter)
    if not there.documents:
        return ["  used in: no document of this set"]
    headings = (
        ("stated in", there.stated),
        ("decides what is said in", there.decided),
        ("decides whether there is", there.appearing),
        ("sets the review interval of", there.paced),
    )
    return [f"  {heading}: {', '.join(names)}" for heading, names in headings if names]


def _shown(value: ParameterValue) -> str:
    if value.value is None:
        suggested = value.parameter.suggested
        return "not answered" + (f" (suggested: {suggested})" if suggested is not None else "")
    if isinstance(value.value, int | float) and not isinstance(value.value, bool):
        unit = value.parameter.unit
        return words.quantity(value.value, unit) if unit else words.number(value.value)
    return str(value.value)


def _origin(value: ParameterValue) -> str:
    place = f" at {value.location}" if value.location else ""
    match value.origin:
        case Origin.COMMITMENT:
            return f"a commitment to customers ({value.source}){place}"
        case Origin.ORGANIZATION:
            return f"the organization{place}"
        case Origin.FLOOR:
            return "the default, tightened by the bound in force"
        case Origin.DEFAULT:
            return "the default"
        case Origin.UNANSWERED:
            return "nobody yet; it is asked, not defaulted"


def _control(found: Survey, name: str) -> str | None:
    control = found.facts.registries.controls.get(name)
    if control is None:
        return None
    stated = [row.id for row in found.rendering.declared if row.attributes.get("control") == name]
    return "\n".join(
        (
            f"{control.id} {control.title}",
            f"  {control.description}",
            f"  criteria: {' '.join(control.criteria)}",
            f"  owner: {_holder(found.facts, control.owner)}; frequency: {control.frequency}",
            f"  population: {control.population}",
            f"  attribute: {control.attribute}",
            f"  statements: {' '.join(stated) if stated else 'none, so it is not supported'}",
        )
    )


def _criterion(found: Survey, name: str) -> str | None:
    criterion = found.facts.registries.criteria.get(name)
    if criterion is None:
        return None
    controls = [row.id for row in found.facts.registries.controls.values() if name in row.criteria]
    documents = [doc.id for doc in found.rendering.documents if name in doc.record.header.primary]
    return "\n".join(
        (
            f"{criterion.id} {criterion.title}",
            f"  category: {criterion.category.replace('_', ' ')}",
            f"  controls: {' '.join(controls)}",
            f"  main documents: {', '.join(documents) if documents else 'none in this set'}",
            "  The wording of the criterion is the AICPA's and is not part of policygen.",
        )
    )


def _statement(found: Survey, name: str) -> str | None:
    declared = next((row for row in found.rendering.declared if row.id == name), None)
    if declared is None:
        return None
    rows = (row for document in found.rendering.documents for row in document.record.statements)
    stated = next((row for row in rows if row.id == name), None)
    text = stated.text if stated and stated.applies else _why_not(found, declared, stated)
    return "\n".join(
        (
            f"{name} in {declared.document} ({declared.location})",
            f"  {' '.join(text.split())}",
            f"  control: {declared.attributes.get('control', 'none')}; "
            f"criteria: {declared.attributes.get('criteria', 'none')}",
            f"  owner: {_holder(found.facts, declared.attributes['owner'])}",
            f"  evidence: {declared.attributes['evidence']}",
        )
    )


def _why_not(found: Survey, declared: Declaration, stated: Statement | None) -> str:
    if stated is None:
        return "does not apply: its document is left out"
    profile = found.facts.profile
    chosen = (row for row in profile.documents.statements_left_out if row.id == declared.id)
    row = next(chosen, None)
    if row is None or not stated.left_out:
        return f"does not apply: {stated.not_applicable}"
    person = profile.person(row.approved_by)
    who = person.name if person else row.approved_by
    return f"{stated.not_applicable} (decided by {who})"


def _role(found: Survey, name: str) -> str | None:
    if name not in found.facts.roles:
        return None
    documents = listed(found.rendering.plans, found.rendering.volumes)
    owned = [row.id for row in documents if row.owner == name]
    approved = [row.id for row in documents if row.approver == name]
    return "\n".join(
        (
            f"{name}: {_holder(found.facts, name)}",
            f"  owns: {', '.join(owned) or 'nothing'}",
            f"  approves: {', '.join(approved) or 'nothing'}",
        )
    )


def _holder(facts: Facts, role: str) -> str:
    fact = facts.roles.get(role)
    if fact is None:
        return role
    if fact.role.pseudo:
        return f"{fact.title} ({fact.role.resolves})"
    if fact.holder is None:
        return f"{fact.title}, vacant" + (
            f" since {fact.vacant_since}" if fact.vacant_since else ""
        )
    by = f" as {facts.roles[fact.filled_by].title}" if fact.filled_by != role else ""
    return f"{fact.title}, held by {fact.holder}{by}"


def _document(found: Survey, name: str) -> str | None:
    volume = next((row for row in found.rendering.volumes if row.id == name), None)
    if volume is not None:
        return _volume(found, volume)
    plan = next((row for row in found.rendering.plans if row.id == name), None)
    if plan is None:
        return None
    front = plan.template.front
    return (
        f"{name}: {front.title} ({plan.template.path})\n"
        f"  owner: {_holder(found.facts, plan.owner)}\n"
        f"  approver: {_holder(found.facts, plan.approver) if plan.approver else 'its owner'}\n"
        f"  criteria: {' '.join(plan.primary) or 'none as a main document'}\n"
        f"  reviewed every {words.quantity(plan.review_months, 'months')}"
        f"{_standing(found, plan)}"
    )


def _standing(found: Survey, plan: DocumentPlan) -> str:
    """That a document is left out or a part of another; nothing where it stands alone."""
    if not plan.included:
        return f" (left out: {plan.reason})"
    volumes = found.rendering.volumes
    into = next((row.id for row in volumes if plan in row.parts), None)
    return f" (part of {into})" if into else ""


def _volume(found: Survey, volume: Volume) -> str:
    parts = "".join(f"\n  part: {part.id}" for part in volume.parts)
    return (
        f"{volume.id}: {volume.title} ({volume.location}){parts}\n"
        f"  owner: {_holder(found.facts, volume.owner)}\n"
        f"  approver: {_holder(found.facts, volume.approver)}\n"
        f"  reviewed every {words.quantity(volume.review_months, 'months')}"
    )


def _code(_found: Survey, name: str) -> str | None:
    entry = problem_codes().get(name)
    return f"{name}: {entry[0]}\n  what to do: {entry[1]}" if entry else None
