"""Checklists of reviews as files, and how a confirmed review is bound to one."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from typing import TYPE_CHECKING

from policygen.model.checklist import QUESTIONS, Checklist
from policygen.model.review import Outcome
from policygen.problems import PolicygenError, Problem
from policygen.yaml.scalars import written
from policygen.yaml.yamlfile import YamlFile, parse_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policygen.model.catalogue import Value
    from policygen.model.evidence import Consent

FOLDER = "reviews"
"""Where checklists are filled, in the workspace; what counts is stored under `evidence/`."""

SCHEMA = "policygen/checklist/1"
MAX_ANSWER_CHARACTERS = 4000

_HEAD = """\
# Review of {title}, version {version}, due {due}.
# Answer each question in a sentence behind its colon (in "quotes" where it holds a colon), say who
# answers and who works with the document, then set the outcome:
#   confirmed  nothing needs to change; the text in force stays byte for byte
#   minor      wording changes; change the template or the profile on this branch as well
#   major      a duty, a figure, the scope or a role changes; the same
#   retired    the document goes out of force
"""
_FACTS = ("schema", "cycle", "document", "version", "text_sha256", "due")
_KEYS = (
    *_FACTS, "outcome", "answered_by", "walked_through_with", "answers", "parameters",
    "significance_reason", "notes",
)  # fmt: skip
_EMPTY = re.compile(r"(?i)|-+|\.+|\?+|todo|tbd|fixme|xxx")
_BOUND = re.compile(r"checklist sha256 ([0-9a-f]{64})(?:; .+)?")
_DOCUMENT = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def checklist_path(cycle: str, document: str) -> str:
    """Where a checklist is filled, relative to the workspace."""
    return f"{FOLDER}/{cycle}/{document}.yml"


def stored_path(sha256: str) -> str:
    """Where a checklist that somebody signed lies below `evidence/`."""
    return f"external/{sha256}.yml"


def binding(data: bytes, remark: str | None = None) -> str:
    """The reason of a confirmed review that binds it to the bytes of a filled checklist."""
    words = f"checklist sha256 {hashlib.sha256(data).hexdigest()}"
    return f"{words}; {remark}" if remark else words


def bound_checklist(consent: Consent) -> str | None:
    """Digest of the checklist that a confirmed review names; None where it names none."""
    found = _BOUND.fullmatch(consent.reason or "")
    return found[1] if found else None


def write_checklist(checklist: Checklist, title: str) -> str:
    """The file that an owner fills: facts, questions with answers, parameters with values."""
    head = _HEAD.format(title=" ".join(title.split()), version=checklist.version, due=checklist.due)
    outcome = checklist.outcome.value if checklist.outcome else None
    lines = [
        *head.splitlines(),
        f"schema: {SCHEMA}",
        f"cycle: {_quoted(checklist.cycle)}",
        f"document: {checklist.document}",
        f"version: {_quoted(checklist.version)}",
        f"text_sha256: {_quoted(checklist.text_sha256)}",
        f"due: {_quoted(checklist.due.isoformat())}",
        "",
        _line("outcome", outcome),
        _line("answered_by", checklist.answered_by),
        _line("walked_through_with", checklist.walked_through_with),
        "",
        "answers:",
    ]
    for key, question in QUESTIONS.items():
        lines += [f"  # {question}", f"  {_line(key, checklist.answers.get(key))}"]
    lines += ["", "# As the text in force states them; changing them here changes nothing."]
    if checklist.parameters:
        lines.append("parameters:")
        lines += [f"  {key}: {written(value)}" for key, value in checklist.parameters.items()]
    else:
        lines.append("parameters: {}")
    lines += [
        "",
        "# Only for minor where policygen suggests major: why nobody is bound to anything new.",
        _line("significance_reason", checklist.significance_reason),
        _line("notes", checklist.notes),
    ]
    return "\n".join(lines) + "\n"


def read_checklist(data: bytes, name: str) -> tuple[Checklist, YamlFile]:
    """A checklist with the places of its parts; answers may be missing.

    Raises:
        PolicygenError: It is no checklist as policygen writes it (`review-format`).
    """
    try:
        file = parse_yaml(data.decode("utf-8"), name)
    except UnicodeDecodeError as error:
        raise PolicygenError(_misformed(YamlFile(name, None, {}), (), "it is not UTF-8")) from error
    problems = list(_format_faults(file))
    if problems:
        raise PolicygenError(*problems)
    value = file.value
    assert isinstance(value, dict)
    outcome = _text(value.get("outcome"))
    return Checklist(
        cycle=_text(value["cycle"]) or "",
        document=_text(value["document"]) or "",
        version=_text(value["version"]) or "",
        text_sha256=_text(value["text_sha256"]) or "",
        due=date.fromisoformat(_text(value["due"]) or ""),
        outcome=Outcome(outcome) if outcome else None,
        answered_by=_text(value.get("answered_by")),
        walked_through_with=_text(value.get("walked_through_with")),
        answers=_texts(value.get("answers")),
        parameters=_texts(value.get("parameters")),
        significance_reason=_text(value.get("significance_reason")),
        notes=_text(value.get("notes")),
    ), file


def missing_answers(checklist: Checklist, file: YamlFile) -> tuple[Problem, ...]:
    """What its owner has still to fill in, each with its place."""
    wanted: dict[tuple[str, ...], str | None] = {
        ("outcome",): checklist.outcome.value if checklist.outcome else None,
        ("answered_by",): checklist.answered_by,
        ("walked_through_with",): checklist.walked_through_with,
        **{("answers", key): checklist.answers.get(key) for key in QUESTIONS},
    }
    return tuple(
        Problem(
            code="review-answer-missing",
            location=file.location(path, of_key=True),
            message=f"{path[-1]} is not answered",
            hint=QUESTIONS.get(path[-1], "Fill it in; the head of the file says how."),
        )
        for path, answer in wanted.items()
        if _EMPTY.fullmatch((answer or "").strip())
    )


def checklist_faults(consent: Consent, files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Code and message of what is wrong with the checklist of a confirmed review.

    Args:
        consent: The confirmed review.
        files: Evidence by path below `evidence/`.
    """
    digest = bound_checklist(consent)
    if digest is None:
        yield "review-checklist-missing", "the confirmed review names no filled checklist"
        return
    path = stored_path(digest)
    data = files.get(path)
    if data is None or hashlib.sha256(data).hexdigest() != digest:
        yield "review-checklist-changed", f"evidence/{path} is missing or was changed"
        return
    try:
        checklist, file = read_checklist(data, f"evidence/{path}")
    except PolicygenError as error:
        yield "review-checklist-open", f"evidence/{path} is no checklist: {error.problems[0]}"
        return
    about = (checklist.document, checklist.version, checklist.text_sha256)
    if about != (consent.document, consent.version, consent.text_sha256):
        yield "review-checklist-open", f"evidence/{path} is about another text"
    elif checklist.outcome is not Outcome.CONFIRMED:
        yield "review-checklist-open", f"evidence/{path} does not end in confirmed"
    elif missing := missing_answers(checklist, file):
        yield "review-checklist-open", f"evidence/{path}: {missing[0].message}"


def _format_faults(file: YamlFile) -> Iterator[Problem]:
    value = file.value
    if not isinstance(value, dict):
        yield _misformed(file, (), "it holds no keys")
        return
    for key in value:
        if key not in _KEYS:
            yield _misformed(file, (key,), f"{key} is not a key of a checklist")
    for key in _FACTS:
        if not isinstance(value.get(key), str):
            yield _misformed(file, (key,), f"{key} is missing or no text in quotes")
    for fault in (_wrong_facts(value), _wrong_answers(value)):
        for path, message in fault:
            yield _misformed(file, path, message)


def _wrong_facts(value: Mapping[str, Value]) -> Iterator[tuple[tuple[str, ...], str]]:
    if value.get("schema") not in (SCHEMA, None):
        yield ("schema",), f"schema is not {SCHEMA}"
    if isinstance(name := value.get("document"), str) and not _DOCUMENT.fullmatch(name):
        yield ("document",), "document is no id"
    if isinstance(due := value.get("due"), str):
        try:
            date.fromisoformat(due)
        except ValueError:
            yield ("due",), f"due {due} is no date"
    outcome = value.get("outcome")
    choices = [choice.value for choice in Outcome]
    if outcome is not None and outcome not in choices:
        yield ("outcome",), f"outcome {outcome} is not one of {', '.join(choices)}"


def _wrong_answers(value: Mapping[str, Value]) -> Iterator[tuple[tuple[str, ...], str]]:
    for key in ("answers", "parameters"):
        part = value.get(key)
        if part is not None and not isinstance(part, dict):
            yield (key,), f"{key} is no mapping"
            continue
        for name, cell in (part or {}).items():
            if key == "answers" and name not in QUESTIONS:
                yield (key, name), f"{name} is not a question of the checklist"
            elif isinstance(cell, list | dict) or len(_text(cell) or "") > MAX_ANSWER_CHARACTERS:
                yield (key, name), f"{name} is no text of up to {MAX_ANSWER_CHARACTERS} characters"
    for key in ("answered_by", "walked_through_with", "significance_reason", "notes"):
        if isinstance(value.get(key), list | dict):
            yield (key,), f"{key} is no text"


def _misformed(file: YamlFile, path: tuple[str, ...], message: str) -> Problem:
    return Problem(
        code="review-format",
        location=file.location(path),
        message=f"not a checklist as policygen writes it: {message}",
        hint="Only answers, outcome, names and notes are filled in; the rest stays as it is.",
    )


def _text(value: Value) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _texts(value: Value) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    return {key: _text(part) or "" for key, part in value.items() if part is not None}


def _quoted(text: str) -> str:
    found = written(text)
    return found if found.startswith('"') else f'"{found}"'


def _line(key: str, value: str | None) -> str:
    return f"{key}: {written(value)}" if value is not None else f"{key}:"
