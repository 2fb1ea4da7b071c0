"""Values that must not be printed: what is said of them, and at which line of the template."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from policygen.render.language.values import KindOfSystem, Unanswered

if TYPE_CHECKING:
    from types import TracebackType


def nothing_to_print(value: object) -> tuple[int, str, str, str]:
    """Line, code, message and hint for a value that has no text."""
    line = template_line()
    match value:
        case Unanswered():
            name = value.name.removeprefix("p.")
            return (
                line,
                "render-unanswered",
                f"{value.name} is not answered, so nothing can be printed here",
                f"Answer {name}, or give the statement when='answered(\"{name}\")' and otherwise.",
            )
        case KindOfSystem():
            return (
                line,
                "render-empty",
                f"the text names the {value.phrase}, but systems lists none",
                "Guard it with {% if %}, or list the system in organization.yml.",
            )
        case str() | None:
            return (
                line,
                "render-empty",
                "the value printed here is empty",
                "Fill it in in organization.yml, or guard it with {% if %}.",
            )
        case _:
            return (
                line,
                "render-not-text",
                f"a {_kind_of(value)} is printed here, which does not read as text",
                "Print one of its parts, or join its items.",
            )


def _kind_of(value: object) -> str:
    match value:
        case bool():
            return "yes-or-no value"
        case list() | tuple():
            return "list"
        case _:
            return "group of values"


def template_line() -> int:
    """Line of the template that is being filled in: the nearest frame Jinja compiled."""
    frame = sys._getframe(1)
    while frame.f_back is not None:
        template = frame.f_globals.get("__jinja_template__")
        if template is not None:
            return int(template.get_corresponding_lineno(frame.f_lineno))
        frame = frame.f_back
    return 1


def failing_line(trace: TracebackType | None) -> int | None:
    """Line of the template at which filling in failed; None where no line is to blame."""
    line: int | None = None
    while trace is not None:
        template = trace.tb_frame.f_globals.get("__jinja_template__")
        if template is not None:
            line = int(template.get_corresponding_lineno(trace.tb_lineno))
        trace = trace.tb_next
    return line
