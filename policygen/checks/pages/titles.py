"""Titles: a document that another one names can be reached from there."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from policygen.checks.typed.prose import READ, prose_of
from policygen.problems import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from policygen.model.document import Rendering
    from policygen.model.facts import Facts
    from policygen.model.template import DocumentPlan, Template

_WORD = re.compile(r"\w+")
_LINK = re.compile(r"(?<!\\)\[[^\]]*\]\([^)]*\)")


def unlinked_titles(rendering: Rendering, _facts: Facts) -> list[Problem]:
    """Documents that a text names by their title and never links, or that are left out.

    One link in the text is enough; after it the title may stand plain.
    """
    templates = {plan.id: plan.template for plan in rendering.plans}
    titles = tuple(plan.template.front.title for plan in rendering.plans)
    problems: list[Problem] = []
    for document in rendering.documents:
        body = document.record.body
        for number in _titles_in(body, titles):
            plan = rendering.plans[number]
            if plan.id != document.id and f"{plan.id}.md" not in body:
                problems += _named(document.id, templates[document.id], plan)
    return problems


@lru_cache(maxsize=READ)
def _titles_in(body: str, titles: tuple[str, ...]) -> tuple[int, ...]:
    """The titles that stand in a text outside of links, by their place in the set, in its order."""
    text = " ".join(_LINK.sub("", body).split())
    places = _by_first_word(titles)
    found: set[int] = set()
    for word in _WORD.finditer(text):
        for number in places.get(word[0], ()):
            title = titles[number]
            start = word.start() - title.index(word[0])
            if start >= 0 and text.startswith(title, start):
                found.add(number)
    return tuple(sorted(found))


@lru_cache(maxsize=8)
def _by_first_word(titles: tuple[str, ...]) -> Mapping[str, Sequence[int]]:
    """Places of titles in the set: a text is read once, however many titles there are."""
    found: dict[str, list[int]] = {}
    for number, title in enumerate(titles):
        word = _WORD.search(title)
        if word is not None:
            found.setdefault(word[0], []).append(number)
    return found


def _named(document: str, template: Template, other: DocumentPlan) -> Iterator[Problem]:
    title = other.template.front.title
    prose = prose_of(template)
    found = _pattern(title).search(prose.text)
    if found is None:
        return  # a value of the profile
    if other.included:
        yield Problem(
            code="text-title-not-linked",
            severity=Severity.WARNING,
            location=prose.location(found.start()),
            message=f"{title} is named, but nothing in {document} links it",
            hint=f'Write {{{{ "{other.id}" | link }}}}, which prints the title as a link.',
        )
    else:
        yield Problem(
            code="text-title-left-out",
            severity=Severity.WARNING if other.left_out else Severity.ERROR,
            location=prose.location(found.start()),
            message=f"{title} is named, but it is left out: {other.reason}",
            hint="Put the sentence under the condition under which the document exists.",
        )


@lru_cache(maxsize=READ)
def _pattern(title: str) -> re.Pattern[str]:
    """The title as it stands in a template, over line ends too."""
    words = r"\s+".join(map(re.escape, title.split()))
    return re.compile(rf"(?<![\w-]){words}(?![\w-])")
