"""Filters of templates: every one gives text that is escaped later, or Markdown of our own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jinja2 import pass_context
from jinja2.runtime import Undefined
from markupsafe import Markup

from policygen import words
from policygen.model.document import LEFT_OUT
from policygen.render.language.values import RoleName, printed, sources_of
from policygen.render.language.voids import nothing_to_print, template_line
from policygen.text import dialect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from jinja2.runtime import Context

    from policygen.render.language.statements import Collector

_HTTPS = re.compile(r"https://[A-Za-z0-9.-]+(:\d+)?(/[A-Za-z0-9_./%#?=&+-]*)?")
_MAIL = re.compile(r"[A-Za-z0-9.+_-]+@[A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class Link:
    """A document as another one links it."""

    title: str
    path: str
    """Relative to the document that links."""

    left_out: str | None
    """Why this organization does not have it; None where it does."""

    presence: frozenset[str]
    """Parameters that decide whether it has it."""


def text_of(context: Context, value: object) -> str:
    """The text a value prints as, Markdown as it is; a fault and nothing where it has none."""
    collector: Collector = context["_collector"]
    if isinstance(value, Undefined):
        return str(value)  # StrictUndefined raises here
    _note(context, value)
    text = str(value) if isinstance(value, Markup) else printed(value)
    if text is None:
        collector.faults.append(nothing_to_print(value))
        return Markup("")  # Markdown, so that nobody reports it again as empty
    collector.spend(len(text))
    return Markup(text) if isinstance(value, Markup) else text


def _note(context: Context, value: object) -> None:
    """Note which parameters are printed; every way into the text passes here."""
    collector: Collector = context["_collector"]
    collector.notes.printed(sources_of(value))


def _changed(context: Context, value: object, change: Callable[[str], str]) -> str:
    text = text_of(context, value)
    return change(text) if text else text


@pass_context
def _every(context: Context, value: object) -> str:
    if not isinstance(value, str):
        return text_of(context, value)
    _note(context, value)
    return words.every(str(value))


@pass_context
def _words(context: Context, value: object) -> str:
    return text_of(context, value)


@pass_context
def _cap(context: Context, value: object) -> str:
    """The same with a capital first letter; Markdown stays Markdown."""

    def capital(text: str) -> str:
        kind = Markup if isinstance(text, Markup) else str
        return kind(str(text[:1]).upper() + str(text[1:]))

    return _changed(context, value, capital)


@pass_context
def _number(context: Context, value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        _note(context, value)
        return words.number(value)
    return text_of(context, value)


@pass_context
def _minutes(context: Context, value: object) -> str:
    """Bare minutes of a table's row in the unit that reads best: "15 minutes", "24 hours"."""
    if isinstance(value, int) and not isinstance(value, bool):
        _note(context, value)
        return words.quantity(int(value), "minutes")
    return text_of(context, value)


@pass_context
def _count(context: Context, value: object) -> str:
    """A small whole number as a word: "two approvals" reads better than "2 approvals"."""
    if isinstance(value, int) and not isinstance(value, bool):
        _note(context, value)
        return words.count(int(value))
    return text_of(context, value)


@pass_context
def _role_title(context: Context, value: object) -> str:
    if not isinstance(value, RoleName):
        return text_of(context, value)
    _note(context, value)
    return value.title_as_listed


@pass_context
def _join(
    context: Context, values: object, separator: str = "", attribute: str | None = None
) -> str:
    """The items in a row with the separator between them."""
    items = _items(values)
    if attribute is not None:
        items = [context.environment.getattr(item, attribute) for item in items]
    return _combined(context, items, separator.join, "")


def _list_with(last: str, article: str) -> Callable[[Context, object], str]:
    """A filter that lists items as a sentence does; what takes an article is named once."""

    @pass_context
    def listed(context: Context, values: object) -> str:
        return _combined(
            context, _items(values), lambda texts: words.join_words(list(texts), last), article
        )

    return listed


def _items(values: object) -> list[object]:
    if isinstance(values, list | tuple | Iterator):
        return list(values)
    raise TypeError("only a list has items to join")


def _combined(
    context: Context, items: list[object], join: Callable[[Iterable[str]], str], article: str
) -> str:
    """Items as one text; Markdown where one of them is Markdown, and then all are escaped."""
    texts = [text_of(context, item) for item in items]
    if article:
        texts = list(dict.fromkeys(texts))
    if any(isinstance(text, Markup) for text in texts):
        marked = (str(text) if isinstance(text, Markup) else dialect.escape(text) for text in texts)
        return Markup(join(article + text for text in marked))
    return join(article + text for text in texts)


@pass_context
def _as_link(context: Context, value: object) -> str:
    text = text_of(context, value)
    if _HTTPS.fullmatch(text):
        target = text
    elif _MAIL.fullmatch(text):
        target = f"mailto:{text}"
    else:
        return text
    return Markup(f"[{dialect.escape(text)}]({target})")


@pass_context
def _link(context: Context, value: object) -> str:
    """A document id as a link with the document's title."""
    name = text_of(context, value)
    links: Mapping[str, Link] = context["_links"]
    found = links.get(name)
    if found is None:
        context["_collector"].faults.append(
            (
                template_line(),
                "link-unknown-document",
                f"{name} is not a document of this workspace",
                "policygen explain documents lists them.",
            )
        )
        return Markup("")
    context["_collector"].notes.read(found.presence)
    if found.left_out is not None:
        decided = found.left_out.startswith(LEFT_OUT)
        context["_collector"].faults.append(
            (
                template_line(),
                "link-left-out-document" if decided else "link-excluded-document",
                f"{name} is linked but left out: {found.left_out.removeprefix(LEFT_OUT)}",
                "Its title stands without a link; change the sentence where that misleads."
                if decided
                else "Guard the link with the condition under which the document exists.",
            )
        )
        return Markup(dialect.escape(found.title) + (" (left out by decision)" if decided else ""))
    return Markup(f"[{dialect.escape(found.title)}]({found.path})")


FILTERS: Mapping[str, Callable[..., object]] = {
    "every": _every,
    "words": _words,
    "cap": _cap,
    "number": _number,
    "count": _count,
    "minutes": _minutes,
    "join": _join,
    "and_list": _list_with("and", ""),
    "or_list": _list_with("or", ""),
    "role_list": _list_with("and", "the "),
    "one_of": _list_with("or", "the "),
    "role_title": _role_title,
    "as_link": _as_link,
    "link": _link,
}
"""Our filters by name."""
