"""One parameter that changes changes exactly the documents that it is listed under."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any
from zlib import crc32

import pytest

from policygen.load.facts import condition_context
from policygen.model.uses import reach
from policygen.render.documents import render_documents
from policygen.render.kept import Kept, Outcome
from tests.organizations import ARCHETYPES, example, library_templates, loaded
from tests.parameter_changes import change, other_values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from policygen.adopt.questions import Archetype
    from policygen.model.document import Rendering
    from policygen.model.facts import Facts
    from policygen.model.template import DocumentPlan
    from policygen.model.uses import Reach
    from tests.organizations import Plain

ROOT: Archetype = "saas"
"""The organization at the root of the repository, which is the first example."""

FIXED = {("payments", "waf_required")}
"""Parameters to which a bound in force leaves one value."""

_NOT_TRUE_ALONE = frozenset({"parameter-value", "parameter-below-floor", "parameter-promise"})
_TOGETHER = 9
"""Documents rendered with one set of changes, where every parameter behind none of them differs."""


class _Only(Kept):
    """Renders a few documents of a set, and plans all of it."""

    def __init__(self, documents: Iterable[str]) -> None:
        super().__init__()
        self._documents = frozenset(documents)

    def outcomes(
        self,
        plans: Sequence[DocumentPlan],
        facts: Facts,
        render: Callable[[DocumentPlan], Outcome],
    ) -> tuple[Outcome, ...]:
        """Nothing for the documents that are not looked at."""
        return tuple(
            render(plan) if plan.id in self._documents else Outcome(None, (), ()) for plan in plans
        )


@dataclass(frozen=True, kw_only=True)
class Listed:
    """An organization with what the product says of each parameter."""

    profile: Plain
    facts: Facts
    rendering: Rendering
    texts: dict[str, str]
    reach: dict[str, Reach]
    behind: dict[str, set[str]]
    """Parameters that each document is listed under; also those that would appear."""

    values: dict[str, list[Any]]
    """What each parameter may be instead."""

    def rendered(self, changes: dict[str, Any], documents: Iterable[str]) -> dict[str, str]:
        """Texts of a few documents once parameters have other values."""
        profile = copy.deepcopy(self.profile)
        for name, value in changes.items():
            change(profile, self.facts, name, value)
        facts, problems = loaded(profile)
        assert facts is not None
        assert [row for row in problems if row.code in _NOT_TRUE_ALONE] == []
        rendering = _rendering(facts, _Only(documents))
        return {document.id: document.text for document in rendering.documents}

    def is_decided(self, name: str, document: str) -> bool:
        """Whether the parameter decides what the document says, and is not stated there."""
        there = self.reach[name]
        return document in (*there.decided, *there.appearing)


def _rendering(facts: Facts, kept: Kept | None = None) -> Rendering:
    return render_documents(library_templates(), facts, condition_context(facts), kept)


def listed(profile: Plain) -> Listed:
    """What the product says for a profile."""
    facts, _ = loaded(profile)
    assert facts is not None
    rendering = _rendering(facts)
    there = {name: reach(rendering, name) for name in facts.parameters}
    behind: dict[str, set[str]] = {document.id: set() for document in rendering.documents}
    for name, row in there.items():
        for document in row.documents:
            behind.setdefault(document, set()).add(name)
    return Listed(
        profile=profile,
        facts=facts,
        rendering=rendering,
        texts={document.id: document.text for document in rendering.documents},
        reach=there,
        behind=behind,
        values={name: other_values(facts, name) for name in facts.parameters},
    )


@cache
def organization(archetype: Archetype) -> Listed:
    """An example as it stands."""
    return listed(example(archetype))


@dataclass
class _Group:
    """Changes that are rendered at once: behind no document stands more than one of them."""

    changes: dict[str, Any] = field(default_factory=dict)
    documents: dict[str, str] = field(default_factory=dict)
    """The documents looked at, each with the parameter of which it is to tell."""

    def takes(self, name: str, value: Any, document: str, here: Listed) -> bool:
        """Whether a further change can be looked at with these."""
        if document in self.documents or (name in self.changes and self.changes[name] != value):
            return False
        others = self.changes.keys() - {name}
        return not here.behind[document] & others and not any(
            name in here.behind[other] and about != name for other, about in self.documents.items()
        )

    def add(self, name: str, value: Any, document: str) -> None:
        """Look at one more."""
        self.changes[name] = value
        self.documents[document] = name


def _changed(here: Listed, trials: Iterable[tuple[str, Any, str]]) -> Iterator[tuple[str, str]]:
    """The parameter and document of each trial (parameter, value, document) that gives a change."""
    groups: list[_Group] = []
    for trial in trials:
        group = next((one for one in groups if one.takes(*trial, here)), None)
        if group is None:
            group = _Group()
            groups.append(group)
        group.add(*trial)
    for group in groups:
        texts = here.rendered(group.changes, group.documents)
        for document, name in group.documents.items():
            if texts.get(document) != here.texts.get(document):
                yield name, document


@cache
def _looked_at() -> dict[Archetype, set[tuple[str, str]]]:
    """Which parameter is tried in which document, by organization.

    What a parameter decides is tried everywhere. What a text states is tried once: each parameter
    in every organization, in another document of those that state it, and each document in the
    last organization that has it where none before did.
    """
    chosen: dict[Archetype, set[tuple[str, str]]] = {each: set() for each in ARCHETYPES}
    seen: set[tuple[str, str]] = set()
    for number, archetype in enumerate(ARCHETYPES):
        later = ARCHETYPES[number + 1 :]
        behind = organization(archetype).behind
        for name, there in organization(archetype).reach.items():
            pairs = {(name, each) for each in (*there.stated, *there.paced)}
            fresh = pairs - seen
            last = {
                pair
                for pair in fresh
                if not any(pair[1] in organization(each).reach[name].documents for each in later)
            }
            shortest = sorted(fresh or pairs, key=lambda pair: (len(behind[pair[1]]), pair))
            some = last or set(shortest[:1])
            seen |= some
            chosen[archetype] |= some
            chosen[archetype] |= {(name, each) for each in (*there.decided, *there.appearing)}
    return chosen


@pytest.mark.parametrize("archetype", ARCHETYPES)
def test_a_changed_parameter_changes_the_documents_it_is_listed_under(
    archetype: Archetype,
) -> None:
    here = organization(archetype)
    pending = {pair for pair in _looked_at()[archetype] if here.values[pair[0]]}
    begin = ARCHETYPES.index(archetype)
    for number in range(max(map(len, here.values.values()))):
        trials = [
            (name, values[(begin + number) % len(values)], document)
            for name, document in sorted(pending)
            if number < len(values := here.values[name])
        ]
        changed = set(_changed(here, trials))
        if number == 0:
            stated = {(name, each) for name, _, each in trials if not here.is_decided(name, each)}
            assert stated - changed == set()
        pending -= changed
    assert pending == set()
    assert {(archetype, name) for name in here.values if not here.values[name]} <= FIXED


@pytest.mark.parametrize("archetype", ARCHETYPES)
def test_a_document_changes_with_no_parameter_that_it_is_not_listed_under(
    archetype: Archetype,
) -> None:
    here = organization(archetype)
    for few in _few_together(archetype):
        behind = set[str]().union(*(here.behind[document] for document in few))
        changes = {
            name: values[0] for name, values in here.values.items() if values and name not in behind
        }
        texts = here.rendered(changes, few)
        assert [each for each in few if texts[each] != here.texts[each]] == []


def _few_together(archetype: Archetype) -> list[list[str]]:
    """The documents of an organization in small groups, smaller ones at the root."""
    documents = sorted(organization(archetype).texts, key=lambda each: crc32(each.encode()))
    together = 3 if archetype == ROOT else _TOGETHER
    return [documents[at : at + together] for at in range(0, len(documents), together)]


def test_every_parameter_reaches_a_document_of_some_organization() -> None:
    rendered = [organization(archetype).rendering for archetype in ARCHETYPES]
    rendered += [_rendering(facts) for facts in _unlike_the_examples()]
    assert [
        name
        for name in organization(ROOT).reach
        if not any(reach(each, name).documents for each in rendered)
    ] == []


def _unlike_the_examples() -> Iterator[Facts]:
    """What no example has: too few to review each other, tables of ours, consent, Californians."""
    small = example(ROOT)
    small["organization"]["headcount"] = 3
    del small["organization"]["governing_body"]["meets"]
    del small["data"]["classes"]
    controller = example("payroll")
    controller["data"]["personal_data"]["role"] = "both"
    controller["regulatory"]["ccpa"] = True
    for profile in (small, controller):
        facts, _ = loaded(profile)
        assert facts is not None
        yield facts


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("remote_access_method", "none", id="stated and deciding"),
        pytest.param("sast_required", False, id="deciding"),
    ],
)
def test_a_merged_document_is_listed_under_what_its_parts_are(name: str, value: object) -> None:
    here = _bound()
    new = here.rendered({name: value}, {plan.id for plan in here.rendering.plans})
    changed = {each for each in here.texts | new if here.texts.get(each) != new.get(each)}
    assert sorted(changed) == list(here.reach[name].documents)
    assert changed & {volume.id for volume in here.rendering.volumes}


@cache
def _bound() -> Listed:
    profile = example(ROOT)
    profile["documents"]["bundle"] = "compact"
    return listed(profile)
