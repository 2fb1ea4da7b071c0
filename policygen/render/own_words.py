"""The organization's words in texts of ours that are not filled in: audiences, evidence, defaults.

A template names roles and terms, and they are filled in. The few texts that stand in tags and front
matter name them as ours; there they are replaced by the organization's.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from policygen import words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from policygen.model.facts import Facts, ParameterValue

_ONLY_AS_TEAM = frozenset({"operations", "engineering", "people_team", "facilities", "legal"})
"""Terms that name a team in an audience and may mean something else elsewhere: a legal hold."""


class OwnWords:
    """Replaces our words where the organization has others."""

    def __init__(self, facts: Facts) -> None:
        titles = {}
        for fact in facts.roles.values():
            carrier = facts.roles.get(fact.filled_by, fact)
            if fact.title != fact.role.title and not _is_a_word_of_all(fact.role.id):
                own = words.running(carrier.title, carrier.role.title)
                titles[words.running(fact.role.title)] = own
        ours = facts.registries.terms
        terms = {ours[name]: word for name, word in facts.terms.items() if word != ours.get(name)}
        clear = {
            ours[name]: word
            for name, word in facts.terms.items()
            if word != ours.get(name) and name not in _ONLY_AS_TEAM
        }
        self._audience = _replacer({**titles, **terms})
        self._clause = _replacer({**titles, **clear})
        self._overrides = facts.profile.documents.overrides

    def audience(self, document: str, ours: str) -> str:
        """Who must know a document: whom the profile names, else ours in the organization's words.

        Args:
            document: Its id.
            ours: The audience in its front matter.
        """
        override = self._overrides.get(document)
        if override and override.audience:
            return words.join_words(override.audience, "and")
        return self._audience(ours)

    def clause(self, text: str) -> str:
        """Evidence, or why something does not apply, in the organization's words."""
        return self._clause(text)

    def default(self, value: ParameterValue) -> ParameterValue:
        """A parameter with its table in the organization's words, where the table is ours.

        What the profile sets is the organization's wording already.
        """
        rows = value.value
        if value.location is not None or not isinstance(rows, list):
            return value
        return replace(
            value,
            value=[
                {key: self.clause(cell) if isinstance(cell, str) else cell
                 for key, cell in row.items()} if isinstance(row, dict) else row
                for row in rows
            ],
        )  # fmt: skip


def _is_a_word_of_all(role: str) -> bool:
    """`user` is a word of the language before it is a role."""
    return role == "user"


def _replacer(replaced: Mapping[str, str]) -> Callable[[str], str]:
    if not replaced:
        return lambda text: text
    longest = sorted(replaced, key=len, reverse=True)
    pattern = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, longest))})(s?)(?![\w-])")
    return lambda text: pattern.sub(lambda found: replaced[found[1]] + found[2], text)
