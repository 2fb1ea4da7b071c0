"""YAML in and out: plain values with line and column, hostile input refused.

The one module that knows the YAML library. It reads the parser's events and builds values from
them (`builder`), so that depth, size and surprises are judged before anything is built.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from policygen.problems import Location, PolicygenError, Problem
from policygen.yaml import scalars
from policygen.yaml.builder import Builder, StopReadingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from ruamel.yaml.error import StreamMark
    from ruamel.yaml.events import Event

    from policygen.model.catalogue import Value
    from policygen.yaml.builder import Place, Steps

MAX_BYTES = 1_000_000
"""Largest file that is read, in bytes."""

_ROW = "  - "
_PLAIN_WORDS: Mapping[str, str] = {
    "mapping values are not allowed": "a colon followed by a space stands inside a value or under "
    "a key that already has one",
    "could not find expected ':'": "a key is not followed by a colon",
    "that cannot start any token": "this character cannot begin a value that is not in quotes",
    "found unexpected end of stream": "a quote is opened and never closed",
    "found unknown escape": "a backslash in double quotes begins something that is no escape",
    "expected <block end>": "the line does not fit the indentation of the lines above",
    "expected ',' or": "a list or mapping in brackets misses a comma or its closing bracket",
    "sequence entries are not allowed": "a list item stands where no list can begin",
    "expected a comment or a line break": "something stands where the line has to end",
}
"""Plain sentences by what the parser's own message contains."""


@dataclass(frozen=True, slots=True)
class YamlFile:
    """A parsed file: its value, and where each part of it stands."""

    name: str
    """Path relative to the workspace, as problems print it."""

    value: Value
    """Plain values; keys are always text."""

    places: Mapping[Steps, tuple[Place, Place]] = field(repr=False)
    """Line and column of each value and of its key, by path."""

    def location(self, path: Sequence[str | int], *, of_key: bool = False) -> Location:
        """Where the value at a path stands; the key of the nearest part above where it does not.

        Args:
            path: Keys and list indexes from the top.
            of_key: Point at the key instead of the value.
        """
        steps = tuple(path)
        while steps and steps not in self.places:
            steps, of_key = steps[:-1], True
        value, key = self.places.get(steps, ((1, 1), (1, 1)))
        return Location(self.name, *(key if of_key else value))

    def has(self, path: Sequence[str | int]) -> bool:
        """Whether something is written at a path."""
        return tuple(path) in self.places


def read_yaml(path: Path, name: str) -> YamlFile:
    """The YAML file at a path.

    Args:
        path: The file on disk; links are not followed.
        name: How problems name it.

    Raises:
        PolicygenError: It is no regular file, too large, not UTF-8 or no YAML that we accept.
    """
    return parse_yaml(read_text(path, name), name)


def read_text(path: Path, name: str) -> str:
    """The text of a YAML file.

    Args:
        path: The file on disk; links are not followed.
        name: How problems name it.

    Raises:
        PolicygenError: It is no regular file, too large or not UTF-8.
    """
    if path.is_symlink() or not path.is_file():
        _refuse("yaml-not-a-file", Location(name), "this is no regular file", "Put the file here.")
    size = path.stat().st_size
    if size > MAX_BYTES:
        _refuse("yaml-size", Location(name), *_too_large(size))
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        _refuse("yaml-encoding", Location(name, line), "the file is not UTF-8", "Save it as UTF-8.")


def parse_yaml(text: str, name: str, *, first_line: int = 1) -> YamlFile:
    """The value that a text of YAML states.

    Args:
        text: One document.
        name: How problems name the file.
        first_line: Line of the file at which the text begins.

    Raises:
        PolicygenError: With every problem found; after a syntax error nothing more is read.
    """
    text = text.replace("\r\n", "\n")
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        _refuse("yaml-size", Location(name, first_line), *_too_large(size))
    builder = Builder(name, first_line)
    builder.look_for_odd_characters(text)
    if not builder.problems:
        _read(builder, text, first_line)
    if builder.problems:
        raise PolicygenError(*builder.problems)
    return YamlFile(name, builder.value, builder.places)


def _refuse(code: str, location: Location, message: str, hint: str | None = None) -> NoReturn:
    raise PolicygenError(Problem(code=code, location=location, message=message, hint=hint))


def _too_large(size: int) -> tuple[str, str]:
    return f"the file has {size} bytes, at most {MAX_BYTES} are read", "Split or shorten it."


def _read(builder: Builder, text: str, first_line: int) -> None:
    place: Place = (first_line, 1)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            place = _place(event.start_mark, first_line)
            _take(builder, event, place)
    except StopReadingError:
        return
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = _place(mark, first_line) if mark is not None else place
        builder.note("yaml-syntax", place, *_syntax(str(error.problem)))
    except (YAMLError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError):
        # The parser trips over odd escapes and directives with errors that are not its own.
        builder.note("yaml-syntax", place, *_syntax("after this place something cannot be read"))


def _place(mark: StreamMark, first_line: int) -> Place:
    return (mark.line + first_line, mark.column + 1)


def _take(builder: Builder, event: Event, place: Place) -> None:
    match event:
        case DocumentStartEvent():
            directives = bool(event.version or event.tags)
            builder.begin_document(place, with_directives=directives)
        case SequenceEndEvent() | MappingEndEvent():
            builder.end()
        case NodeEvent():
            _take_node(builder, event, place)
        case _:
            pass


def _take_node(builder: Builder, event: NodeEvent, place: Place) -> None:
    if event.anchor is not None:
        builder.refuse_anchor(place)
    if getattr(event, "tag", None) is not None:
        builder.refuse_tag(place)
    match event:
        case ScalarEvent():
            builder.scalar(str(event.value), place, plain=event.implicit[0])
        case SequenceStartEvent():
            builder.begin([], place)
        case MappingStartEvent():
            builder.begin({}, place)
        case _:
            builder.scalar(str(event.anchor), place, plain=False)


def _syntax(problem: str) -> tuple[str, str]:
    plain = next((text for part, text in _PLAIN_WORDS.items() if part in problem), problem)
    return plain, "Mend the line; text with a colon, # or brackets goes into quotes."


def read_rows(path: Path) -> dict[str, list[dict[str, Value]]]:
    """The rows of a data file of the package, by section.

    Such a file is YAML in which every row stands on one line as a JSON object below `name:`, so
    that a large one loads in milliseconds.

    Raises:
        PolicygenError: A line is neither comment, section nor row.
    """
    sections: dict[str, list[dict[str, Value]]] = {}
    rows: list[dict[str, Value]] | None = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith(_ROW) and rows is not None:
            rows.append(_row(line, Location(path.name, number)))
        elif line.endswith(":") and not line.startswith((" ", "#")):
            rows = sections.setdefault(line[:-1], [])
        elif line.strip() and not line.startswith("#"):
            _refuse("yaml-row", Location(path.name, number), "this line is no row and no section")
    return sections


def _row(line: str, location: Location) -> dict[str, Value]:
    try:
        row = json.loads(line[len(_ROW) :])
    except ValueError as error:
        _refuse("yaml-row", location, f"this row is not JSON: {error}")
    if not isinstance(row, dict):
        _refuse("yaml-row", location, "this row is not a JSON object")
    return row


def dump_yaml(value: Value, header: str | None = None) -> str:
    """A value as YAML: block style, keys in the order given, LF, the same bytes every time.

    Text is quoted wherever some reader could take it for something else.

    Args:
        value: Plain values.
        header: Lines to stand above as a comment.

    Raises:
        ValueError: A number that is not finite.
    """
    comment = [f"# {line}".rstrip() for line in header.splitlines()] if header else []
    return "\n".join([*comment, *_lines(value), ""])


def _lines(value: Value) -> Iterator[str]:
    if isinstance(value, dict) and value:
        for key, part in value.items():
            if isinstance(part, dict | list) and part:
                yield f"{scalars.written(key)}:"
                yield from (f"  {line}" for line in _lines(part))
            else:
                yield f"{scalars.written(key)}: {''.join(_lines(part))}"
    elif isinstance(value, list) and value:
        for item in value:
            for index, line in enumerate(_lines(item)):
                yield f"  {line}" if index else f"- {line}"
    elif isinstance(value, list | dict):
        yield "[]" if isinstance(value, list) else "{}"
    else:
        yield scalars.written(value)
