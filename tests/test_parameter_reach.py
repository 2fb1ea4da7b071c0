"""A figure that changes reaches the documents that use it, and no other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from policygen.conditions.condition import parse_condition
from policygen.load.registries.registries import package_registries
from policygen.render.conditions import front_matter_conditions
from tests.organizations import ARCHETYPES, example, library_templates, loaded, organization
from tests.profiles import TRUE_OF_A_PROFILE, values_of

if TYPE_CHECKING:
    from policygen.adopt.questions import Archetype
    from policygen.model.template import Template

PARAMETERS = {name: row for name, row in package_registries().parameters.items() if not row.promise}
_NAMED = re.compile(r"\bp\.([a-z0-9_]+)")
_WHEN = re.compile(r"when=(\"|')(.*?)\1", re.DOTALL)
_INTERPOLATED = re.compile(r"\{([a-z0-9_]+)\}")
_TAG = re.compile(
    r"\{%-?\s*(if|for|statement|endif|endfor|endstatement)\b(.*?)%\}|\{\{(.*?)\}\}", re.DOTALL
)
_PRINTED = re.compile(r"\s*p\.([a-z0-9_]+)(?:\s*\|\s*(?:every|words|number|count|cap))*\s*")


def _users(template: Template) -> frozenset[str]:
    """Parameters that a template may depend on, conditions and rows of tables included."""
    named = set(_NAMED.findall(template.text)) | {template.front.cadence}
    conditions = [text for _, text in front_matter_conditions(template)]
    conditions += [text for _, text in _WHEN.findall(template.text)]
    for text in conditions:
        named |= parse_condition(text).parameters
    if "access_review" in template.text:
        named.add("access_review_frequency")  # of each system without a cadence of its own
    tables = [PARAMETERS[name] for name in named if name in PARAMETERS]
    for table in tables:
        named |= set(_INTERPOLATED.findall(str(table.default)))
    return frozenset(named)


def _printers(template: Template) -> frozenset[str]:
    """Parameters that a template prints whatever the profile: under no tag with a condition."""
    printed: set[str] = set()
    open_tags: list[bool] = []
    for tag, rest, output in _TAG.findall(template.text):
        if tag.startswith("end"):
            open_tags.pop()
        elif tag:
            open_tags.append(tag != "statement" or "when=" in rest)
        elif not any(open_tags) and (found := _PRINTED.fullmatch(output)):
            printed.add(found[1])
    return frozenset(printed)


USERS = {template.front.id: _users(template) for template in library_templates()}
PRINTERS = {template.front.id: _printers(template) for template in library_templates()}


def _texts(archetype: Archetype, **parameters: Any) -> dict[str, str]:  # values of any type
    profile = example(archetype)
    profile["parameters"].update(parameters)
    made = organization(profile, checked=False)
    return {document.id: document.text for document in made.rendering.documents}


def test_every_parameter_is_used_by_a_document() -> None:
    used = frozenset[str]().union(*USERS.values())
    assert sorted(set(PARAMETERS) - used) == []


@settings(
    deadline=None,
    derandomize=True,
    max_examples=12,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(data=st.data())
def test_a_changed_parameter_changes_the_documents_that_use_it_and_no_other(
    data: st.DataObject,
) -> None:
    archetype = data.draw(st.sampled_from(ARCHETYPES))
    name = data.draw(st.sampled_from(list(PARAMETERS)))
    value = data.draw(values_of(PARAMETERS[name]))
    profile = example(archetype)
    before, _ = loaded(profile)
    profile["parameters"][name] = value
    after, problems = loaded(profile)
    assert before is not None
    assert after is not None
    assume(before.parameters[name].value != after.parameters[name].value)
    assume(all(problem.code in TRUE_OF_A_PROFILE for problem in problems))
    old, new = _texts(archetype), _texts(archetype, **{name: value})
    changed = {key for key in old | new if old.get(key) != new.get(key)}
    assert changed <= {key for key, used in USERS.items() if name in used}
    assert changed >= {key for key in old if name in PRINTERS[key]}


@pytest.mark.parametrize(
    ("name", "value", "documents"),
    [
        pytest.param(
            "access_revocation_hours",
            8,
            {"access-control-policy", "user-access-deprovisioning-procedure"},
            id="printed in two",
        ),
        pytest.param(
            "phishing_simulation_frequency",
            "none",
            {"security-awareness-training-policy"},
            id="a condition",
        ),
    ],
)
def test_known_parameters_reach_these_documents(
    name: str, value: object, documents: set[str]
) -> None:
    old, new = _texts("saas"), _texts("saas", **{name: value})
    changed = {key for key in old | new if old.get(key) != new.get(key)}
    assert changed >= documents
    assert changed <= {key for key, used in USERS.items() if name in used}
