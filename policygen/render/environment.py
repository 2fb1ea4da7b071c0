"""The Jinja environment: sandboxed, strict, every value escaped for Markdown."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from jinja2 import StrictUndefined, Undefined, pass_context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from policygen import dialect, words
from policygen.render.statements import Collector, StatementExtension
from policygen.render.values import KindOfSystem, RoleName, Unanswered, printed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from jinja2.runtime import Context

_JINJA_FILTERS = (
    "default", "first", "join", "last", "length", "list", "map", "rejectattr", "selectattr",
    "sort", "unique",
)  # fmt: skip
_JINJA_TESTS = (
    "defined", "undefined", "equalto", "in", "true", "false", "none", "eq", "ne", "lt", "gt",
    "le", "ge",
)  # fmt: skip
_HTTPS = re.compile(r"https://[A-Za-z0-9.-]+(:\d+)?(/[\w./%#?=&+-]*)?")
_MAIL = re.compile(r"[A-Za-z0-9.+_-]+@[A-Za-z0-9.-]+")


def make_environment(links: Mapping[str, tuple[str, str]]) -> ImmutableSandboxedEnvironment:
    """An environment for one template.

    Args:
        links: Title and relative path of each document in the set, by id.
    """
    environment = ImmutableSandboxedEnvironment(
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        extensions=[StatementExtension],
        comment_start_string="{##",
        comment_end_string="##}",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        loader=None,
    )
    environment.filters = {
        **{name: environment.filters[name] for name in _JINJA_FILTERS},
        **_FILTERS,
        "link": _link_filter(links),
    }
    environment.tests = {name: environment.tests[name] for name in _JINJA_TESTS}
    environment.globals = {}
    return environment


def filter_names() -> frozenset[str]:
    """Filters a template may use."""
    return frozenset(_JINJA_FILTERS) | frozenset(_FILTERS) | {"link"}


def test_names() -> frozenset[str]:
    """Tests a template may use."""
    return frozenset(_JINJA_TESTS)


@pass_context
def _finalize(context: Context, value: object) -> object:
    """Every `{{ value }}` passes here: escaped text, or a fault where there is nothing to say."""
    if isinstance(value, Markup):
        return value
    if isinstance(value, Undefined):
        return value  # StrictUndefined raises when it is printed
    text = printed(value)
    if text is None:
        collector: Collector = context["_collector"]
        collector.faults.append(_nothing_to_print(value))
        return Markup("")
    return Markup(dialect.escape(text))


def _nothing_to_print(value: object) -> tuple[int, str, str, str]:
    line = _template_line()
    match value:
        case Unanswered():
            return (
                line,
                "render-unanswered",
                f"{value.name} is not answered, so nothing can be printed here",
                "Put it into a statement with when='answered(\"...\")', or answer it.",
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


def _template_line() -> int:
    """Line of the template that is being rendered: the nearest frame Jinja compiled."""
    frame = sys._getframe(2)
    while frame is not None:
        template = frame.f_globals.get("__jinja_template__")
        if template is not None:
            return int(template.get_corresponding_lineno(frame.f_lineno))
        if frame.f_back is None:
            break
        frame = frame.f_back
    return 1


def _every(value: object) -> str:
    return words.every(str(value))


def _words(value: object) -> str:
    return printed(value) or ""


def _cap(value: object) -> str | Markup:
    """The same with a capital first letter; Markdown stays Markdown."""
    if isinstance(value, Markup):
        return Markup(value[:1].upper()) + Markup(value[1:])
    text = printed(value) or ""
    return text[:1].upper() + text[1:]


def _number(value: object) -> str:
    return words.number(value) if isinstance(value, int | float) else str(value)


def _joined(values: Iterable[object], last: str) -> str:
    return words.join_words([printed(value) or "" for value in values], last)


def _role_list(values: Iterable[object]) -> str:
    return words.join_words([f"the {printed(value)}" for value in values], "and")


def _one_of(values: Iterable[object]) -> str:
    return words.join_words([f"the {printed(value)}" for value in values], "or")


def _role_title(value: object) -> str:
    return value.title_as_listed if isinstance(value, RoleName) else str(value)


def _count(value: object) -> str:
    """A small whole number as a word: "two approvals" reads better than "2 approvals"."""
    return words.count(int(value)) if isinstance(value, int) else str(value)


def _as_link(value: object) -> Markup:
    text = str(value)
    if _HTTPS.fullmatch(text):
        target = text
    elif _MAIL.fullmatch(text):
        target = f"mailto:{text}"
    else:
        return Markup(dialect.escape(text))
    return Markup(f"[{dialect.escape(text)}]({target})")


def _link_filter(links: Mapping[str, tuple[str, str]]) -> Callable[[object], Markup]:
    def link(document: object) -> Markup:
        title, path = links.get(str(document), (str(document), ""))
        label = dialect.escape(title)
        return Markup(f"[{label}]({path})" if path else label)

    return link


_FILTERS: dict[str, Callable[..., object]] = {
    "every": _every,
    "words": _words,
    "cap": _cap,
    "number": _number,
    "count": _count,
    "and_list": lambda values: _joined(values, "and"),
    "or_list": lambda values: _joined(values, "or"),
    "role_list": _role_list,
    "one_of": _one_of,
    "role_title": _role_title,
    "as_link": _as_link,
}
