"""Co-authors named at the end of a commit message, as `git interpret-trailers --parse` reads it.

A line of dashes does not end the message, as in `git log`: it would hide who is named behind it.
"""

from __future__ import annotations

import re

_TRAILER = re.compile(r"([A-Za-z0-9-]+)[ \t]*:(.*)", re.DOTALL)
_GENERATED = ("Signed-off-by: ", "(cherry picked from commit ")
_MAIL = re.compile(r"<([^<>]*)>")
_KEY = "co-authored-by"


def co_authors(message: str) -> tuple[str, ...]:
    """Mail addresses of the Co-authored-by trailers, in their order, each once."""
    values = (value for key, value in trailers(message) if key.lower() == _KEY)
    mails = (match.group(1).strip() for value in values for match in _MAIL.finditer(value))
    return tuple(dict.fromkeys(mail for mail in mails if mail))


def trailers(message: str) -> tuple[tuple[str, str], ...]:
    """Key and value of the trailers: the last paragraph, where it is one of trailers.

    It is, where all lines are trailers or, with one git itself writes among them, at least a
    quarter. The first paragraph, the subject, never is. Folded lines are joined by a blank.

    Source: git-interpret-trailers(1).
    """
    paragraphs = _paragraphs(message)
    if len(paragraphs) < 2:
        return ()
    lines = _unfolded(paragraphs[-1])
    matches = [_TRAILER.fullmatch(line) for line in lines]
    good = sum(
        match is not None or line.startswith(_GENERATED)
        for match, line in zip(matches, lines, strict=True)
    )
    generated = any(line.startswith(_GENERATED) for line in lines)
    if good < len(lines) and not (generated and good * 3 >= len(lines) - good):
        return ()
    return tuple((match.group(1), match.group(2).strip()) for match in matches if match)


def _paragraphs(message: str) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for line in message.split("\n"):
        if line.strip():
            if not line.startswith("#"):
                found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [paragraph for paragraph in found if paragraph]


def _unfolded(paragraph: list[str]) -> list[str]:
    lines: list[str] = []
    for line in paragraph:
        if lines and line[0].isspace():
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line)
    return lines
