"""Templates of a workspace: files of policies/ and procedures/ with checked front matter."""

from __future__ import annotations

from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from pydantic import ValidationError

from policygen.load.library import library_root
from policygen.load.validation import problems_of
from policygen.model.document import Kind
from policygen.model.template import FrontMatter, Template
from policygen.problems import Location, PolicygenError, Problem
from policygen.yaml import yamlfile
from policygen.yaml.scalars import FORBIDDEN

if TYPE_CHECKING:
    from pathlib import Path

FOLDERS = {
    "policies": Kind.POLICY,
    "procedures": Kind.PROCEDURE,
    "procedures/registers": Kind.REGISTER,
}
"""Where templates stand, and the kind that stands there."""

_MAX_BYTES = 256 * 1024


def load_templates(root: Path) -> tuple[tuple[Template, ...], tuple[Problem, ...]]:
    """Every template of a workspace in a fixed order, and what is wrong with the files.

    A template with a problem in its front matter is left out of the result.
    """
    templates: list[Template] = []
    problems: list[Problem] = []
    shipped = _shipped_ids()
    for folder, kind in FOLDERS.items():
        if (root / folder).is_symlink():
            problems.append(_not_a_file(folder))
            continue
        for path in sorted((root / folder).glob("*.md")):
            name = f"{folder}/{path.name}"
            try:
                template = _load_one(path, name, kind, own=path.stem not in shipped)
            except PolicygenError as error:
                problems += error.problems
            else:
                templates.append(template)
    problems += _collisions(templates)
    return tuple(templates), tuple(problems)


def _shipped_ids() -> frozenset[str]:
    root = library_root()
    return frozenset(path.stem for folder in FOLDERS for path in (root / folder).glob("*.md"))


def _load_one(path: Path, name: str, kind: Kind, *, own: bool) -> Template:
    return _parsed(_read_text(path, name), name, kind, own=own)


@lru_cache(maxsize=4096)
def _parsed(text: str, name: str, kind: Kind, *, own: bool) -> Template:
    """The template that a text is; read once where the same is loaded again and again."""
    header, body_line = _split(text, name)
    file = yamlfile.parse_yaml(header, name, first_line=2)
    if not isinstance(file.value, dict):
        raise PolicygenError(
            Problem(
                code="template-front-matter",
                location=Location(name, 1),
                message="the front matter is not a list of keys with values",
                hint="docs/templates.md shows it.",
            )
        )
    try:
        front = FrontMatter.model_validate(file.value)
    except ValidationError as error:
        raise PolicygenError(*problems_of(error, file, FrontMatter, prefix="template")) from error
    template = Template(
        path=name,
        front=front,
        text=text,
        body_line=body_line,
        own=own,
        places={".".join(map(str, steps)): file.location(steps) for steps in file.places},
    )
    found = _file_problems(template, PurePosixPath(name), kind)
    if found:
        raise PolicygenError(*found)
    return template


def _read_text(path: Path, name: str) -> str:
    if path.is_symlink() or not path.is_file():
        raise PolicygenError(_not_a_file(name))
    data = path.read_bytes()
    if len(data) > _MAX_BYTES:
        problem = Problem(
            code="template-too-large",
            location=Location(name),
            message=f"the template has {len(data)} bytes, at most {_MAX_BYTES} are read",
            hint="Split the document.",
        )
        raise PolicygenError(problem)
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problem = Problem(
            code="template-encoding",
            location=Location(name, line),
            message="the template is not UTF-8",
            hint="Save the file as UTF-8.",
        )
        raise PolicygenError(problem) from error
    odd = [
        _odd_character(name, number, line, found.start())
        for number, line in enumerate(text.split("\n"), start=1)
        if (found := FORBIDDEN.search(line))
    ]
    if odd:
        raise PolicygenError(*odd)
    return text


def _not_a_file(name: str) -> Problem:
    return Problem(
        code="template-not-a-file",
        location=Location(name),
        message="a template must be a regular file in a folder of the workspace, not a link",
        hint="Put the text itself here.",
    )


def _odd_character(name: str, number: int, line: str, position: int) -> Problem:
    return Problem(
        code="template-character",
        location=Location(name, number, position + 1),
        message=f"the character U+{ord(line[position]):04X} is not one that a text may hold",
        hint="Remove it, or write spaces instead of a tab.",
    )


def _split(text: str, name: str) -> tuple[str, int]:
    """The front matter and the line of the first line after it."""
    if not text.startswith("---\n") or "\n---\n" not in text:
        problem = Problem(
            code="template-front-matter",
            location=Location(name, 1),
            message="the template does not open with front matter between two lines ---",
            hint="docs/templates.md shows it.",
        )
        raise PolicygenError(problem)
    header, _, _ = text.removeprefix("---\n").partition("\n---\n")
    return header + "\n", header.count("\n") + 4


def _file_problems(template: Template, path: PurePosixPath, kind: Kind) -> list[Problem]:
    problems = []
    if template.front.id != path.stem:
        problems.append(
            Problem(
                code="template-id-differs",
                location=template.place("id"),
                message=f'id is "{template.front.id}" but the file is named {path.name}',
                hint="The id is the file's stem; rename one of the two.",
            )
        )
    if template.kind is not kind:
        problems.append(
            Problem(
                code="template-kind-differs",
                location=template.place("kind"),
                message=f"kind is {template.front.kind} but the file stands in "
                f"{path.parent.name}/, the place for a {kind.value}",
                hint="Move the file or change kind.",
            )
        )
    return problems


def _collisions(templates: list[Template]) -> list[Problem]:
    """Two documents may not share an id, also where a file system folds case."""
    seen: dict[str, Template] = {}
    problems = []
    for template in templates:
        other = seen.setdefault(template.front.id.casefold(), template)
        if other is not template:
            problems.append(
                Problem(
                    code="template-duplicate-id",
                    location=template.place("id"),
                    message=f"{template.front.id} is also the id of {other.path}",
                    hint="Every document has an id of its own.",
                )
            )
    return problems
