"""Builds values with their places from the steps of a YAML reader, noting what is refused.

It knows no YAML library: `yamlfile` tells it what begins, stands and ends. Nothing here is
recursive, so that depth is a number and never a crash.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from policygen.problems import Location, Problem
from policygen.yaml import scalars

if TYPE_CHECKING:
    from policygen.model.catalogue import Value

MAX_DEPTH = 40
"""Deepest nesting of lists and mappings."""

MAX_NODES = 50_000
"""Most keys and values in one file."""

_MOST_ODD_CHARACTERS = 20

Steps: TypeAlias = tuple[str | int, ...]
"""Keys and list indexes from the top."""

Place: TypeAlias = tuple[int, int]
"""Line and column, from 1."""


class StopReadingError(Exception):
    """Reading on makes no sense; the problem is already noted."""


@dataclass(slots=True)
class _Open:
    """A list or mapping that has begun and not ended."""

    value: list[Value] | dict[str, Value]
    steps: Steps
    key: str | None = None
    key_place: Place = (1, 1)
    seen: dict[str, Place] = field(default_factory=dict)


class Builder:
    """Takes one document piece by piece.

    Attributes:
        value: What has been built.
        places: Place of each value and of its key, by path.
        problems: What was refused on the way.
    """

    def __init__(self, name: str, first_line: int) -> None:
        self.value: Value = None
        self.places: dict[Steps, tuple[Place, Place]] = {}
        self.problems: list[Problem] = []
        self._name = name
        self._first_line = first_line
        self._open: list[_Open] = []
        self._nodes = 0
        self._documents = 0

    def note(self, code: str, place: Place, message: str, hint: str) -> None:
        """Notes a problem at a place."""
        location = Location(self._name, *place)
        self.problems.append(Problem(code=code, location=location, message=message, hint=hint))

    def look_for_odd_characters(self, text: str) -> None:
        """Notes characters that a reader cannot see or that change what they see."""
        for found in scalars.FORBIDDEN.finditer(text):
            line = text.count("\n", 0, found.start())
            column = found.start() - text.rfind("\n", 0, found.start())
            place = (line + self._first_line, column)
            if found[0] == "\t":
                self.note("yaml-syntax", place, "a tab stands here", "Indent with spaces.")
            else:
                self.note("yaml-character", place, *_odd(found[0]))
            if len(self.problems) >= _MOST_ODD_CHARACTERS:
                return

    def begin_document(self, place: Place, *, with_directives: bool) -> None:
        """A document begins; one is allowed."""
        self._documents += 1
        if self._documents > 1:
            message = "a second document begins here, one file holds one"
            self.note("yaml-documents", place, message, "Remove the line of three hyphens.")
            raise StopReadingError
        if with_directives:
            message = "a directive stands above the document, none is read"
            self.note("yaml-syntax", place, message, "Remove the line that begins with %.")

    def refuse_anchor(self, place: Place) -> None:
        """Notes an anchor or alias; the value that carries it is still taken."""
        message = "anchors and aliases are not read: a value must stand where it is used"
        self.note("yaml-alias", place, message, "Write the value out.")

    def refuse_tag(self, place: Place) -> None:
        """Notes a tag; the value that carries it is still taken."""
        message = "tags such as !!str are not read"
        self.note("yaml-tag", place, message, "Remove the tag; put text in quotes.")

    def scalar(self, text: str, place: Place, *, plain: bool) -> None:
        """A key or a single value.

        Args:
            text: Its text, escapes resolved.
            place: Where it stands.
            plain: Whether it stands without quotes and may mean a number or a word of YAML.
        """
        self._count(place)
        self._check(text, place)
        top = self._open[-1] if self._open else None
        if top is not None and isinstance(top.value, dict) and top.key is None:
            self._key(top, text, place, plain=plain)
            return
        value: Value = text
        if plain:
            try:
                value = scalars.meaning(text)
            except scalars.NotANumberError as error:
                self.note("yaml-number", place, str(error), "Put it in quotes if it is text.")
        self._put(value, place)

    def begin(self, value: list[Value] | dict[str, Value], place: Place) -> None:
        """A list or mapping begins; `value` is the empty one to fill."""
        self._count(place)
        top = self._open[-1] if self._open else None
        if top is not None and isinstance(top.value, dict) and top.key is None:
            self.note("yaml-key", place, "a key must be text", "Put the key in quotes.")
            raise StopReadingError
        if len(self._open) >= MAX_DEPTH:
            message = f"lists and mappings are nested more than {MAX_DEPTH} deep"
            self.note("yaml-depth", place, message, "Flatten it.")
            raise StopReadingError
        steps = self._put(value, place)
        self._open.append(_Open(value, steps))

    def end(self) -> None:
        """The innermost list or mapping ends."""
        self._open.pop()

    def _count(self, place: Place) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            message = f"the file has more than {MAX_NODES} keys and values"
            self.note("yaml-nodes", place, message, "Split or shorten it.")
            raise StopReadingError

    def _key(self, top: _Open, key: str, place: Place, *, plain: bool) -> None:
        if key == "<<" and plain:
            message = "merge keys are not read: the values must stand here themselves"
            self.note("yaml-merge-key", place, message, "Write the values out.")
        same = unicodedata.normalize("NFC", key)
        first = top.seen.setdefault(same, place)
        if first != place:
            message = f'the key "{_short(key)}" stands here twice'
            hint = f"It first stands at {Location(self._name, *first)}."
            self.note("yaml-duplicate-key", place, message, hint)
        top.key, top.key_place = key, place

    def _put(self, value: Value, place: Place) -> Steps:
        """Puts a value where it belongs; the first one wins where a key stands twice."""
        if not self._open:
            self.value = value
            self.places[()] = (place, place)
            return ()
        top = self._open[-1]
        if isinstance(top.value, list):
            steps: Steps = (*top.steps, len(top.value))
            top.value.append(value)
            self.places[steps] = (place, place)
            return steps
        key, key_place = top.key or "", top.key_place
        steps = (*top.steps, key)
        # An empty value stands nowhere: the reader names the line after it, we name its key.
        self.places.setdefault(steps, (key_place if value is None else place, key_place))
        top.value.setdefault(key, value)
        top.key = None
        return steps

    def _check(self, text: str, place: Place) -> None:
        found = scalars.FORBIDDEN.search(text)
        if found:
            self.note("yaml-character", place, *_odd(found[0]))


def _odd(character: str) -> tuple[str, str]:
    name = unicodedata.name(character, "a control character")
    return f"the text holds U+{ord(character):04X} ({name}), which cannot be seen", "Remove it."


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}..."
