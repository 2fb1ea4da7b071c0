"""Governed text made safe for a page: nothing in it can act but what the dialect allows.

The checks refuse raw HTML, attributes and odd links in a text of record. A site is built from
approved bytes of any age, so here the same rules hold once more: what is not allowed is shown as
characters. Links between documents are checked against what the site shows.
"""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from policygen.text import dialect

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Code is left as it is: a closed fence whose lines stand under it, or a span on one line. A span
# over several lines counts as text, because raw HTML at a line's start is read before code.
_CODE = re.compile(
    r"^(?P<indent>[ ]*)(?P<fence>`{3,}|~{3,})(?P<info>[^\n`]*)\n"
    r"(?P<code>(?:(?P=indent)[^\n]*\n|[ ]*\n)*?)(?P=indent)(?P=fence)[ ]*$"
    r"|(?<![\\`])(?P<ticks>`+)(?!`)(?P<span>[^\n]+?)(?<!`)(?P=ticks)(?!`)",
    re.MULTILINE,
)
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_BRACE = re.compile(r"(?<!\\)\{")
_ABBREVIATION = re.compile(r"^([ ]{0,3})\*\[", re.MULTILINE)
_DEFINITION = re.compile(
    r"^[ ]{0,3}\[\^[^\[\]\n]+\]:"
    r"|^[ ]{0,3}\[[^\[\]\n]+\]:[ ]+(?P<destination>\S+)"
    r"|(?P<other>\]):",
    re.MULTILINE,
)
_IMAGE = re.compile(r"!(?=\[)")
_LINK = re.compile(r"\[((?:\\.|[^\[\]\\])*)\]\(([^()\s]+)\)", re.DOTALL)
_OPENING = re.compile(r"(?<!\\)\]\(\s*")
_DESTINATION = re.compile(r"[^\s()]*")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ALLOWED_SCHEMES = ("https:", "http:", "mailto:")
_Pairs = tuple[tuple[str, str], ...]
_INFO_WORD = re.compile(r"\s*[A-Za-z0-9_+-]*")


def safe_text(
    block: str, *, folder: str, absent: Mapping[str, str], moved: Mapping[str, str]
) -> str:
    """A block of a text of record as the Markdown of a page.

    Args:
        block: Markdown as approved.
        folder: Folder of the document below the site root, e.g. `policies`.
        absent: Pages that the site does not have, e.g. `policies/access-control-policy.md`, with
            the remark that stands behind the words of a link to them.
        moved: Pages of documents that became a section of another, with page and anchor of it.
    """
    return _safe(block, folder, tuple(absent.items()), tuple(moved.items()))


@lru_cache(maxsize=16_384)
def _safe(block: str, folder: str, absent: _Pairs, moved: _Pairs) -> str:
    """As above; a site that is built again has the same blocks but for a few."""
    remarks, places = dict(absent), dict(moved)

    def links(text: str) -> str:
        return _links(text, folder, remarks, places)

    parts = []
    position = 0
    for match in _CODE.finditer(block):
        parts.append(_plain_text(block[position : match.start()], links))
        parts.append(_code(match))
        position = match.end()
    parts.append(_plain_text(block[position:], links))
    return "".join(parts)


def _code(match: re.Match[str]) -> str:
    if match["fence"] is None:
        return match[0]
    info = _INFO_WORD.match(match["info"])
    word = info[0].strip() if info else ""
    fence = match["indent"] + match["fence"]
    return f"{fence}{word}\n{match['code']}{fence}"


def _plain_text(text: str, links: Callable[[str], str]) -> str:
    text = _TAG.sub("&lt;", text)
    text = _BRACE.sub("&#123;", text)
    text = _ABBREVIATION.sub(r"\1\\*[", text)
    text = _IMAGE.sub("&#33;", text)
    text = _DEFINITION.sub(_definition, text)
    return _disarm(links(text))


def _definition(match: re.Match[str]) -> str:
    """A note or a link defined on one line stays; whatever else could define a link is text."""
    if match["other"] or not _is_allowed(match["destination"] or ""):
        return match[0].replace("]:", "]&#58;", 1)
    return match[0]


def _links(text: str, folder: str, absent: Mapping[str, str], moved: Mapping[str, str]) -> str:
    """Links to documents that the site does not show become text that says so.

    One to a document that is a section of another now leads to the section.
    """

    def replaced(match: re.Match[str]) -> str:
        path, _, _ = dialect.unescape(match[2]).partition("#")
        target = posixpath.normpath(posixpath.join(folder, path))
        if target in moved:
            return f"[{match[1]}]({posixpath.relpath(moved[target], folder)})"
        return f"{match[1]} {absent[target]}" if target in absent else match[0]

    return _LINK.sub(replaced, text)


def _disarm(text: str) -> str:
    """Keep only links whose address is relative or of an allowed scheme."""
    parts = []
    position = 0
    for match in _OPENING.finditer(text):
        destination = _DESTINATION.match(text, match.end())
        if destination is None or not _is_allowed(destination[0]):
            parts += [text[position : match.start()], "]\\("]
            position = match.end()
    parts.append(text[position:])
    return "".join(parts)


def _is_allowed(destination: str) -> bool:
    # Browsers decode entities and drop control characters before they look for a scheme.
    plain = dialect.unescape(destination)
    if any(character <= " " for character in plain) or plain.startswith(("//", "/", "\\")):
        return False
    scheme = _SCHEME.match(plain)
    return scheme is None or scheme[0].lower() in _ALLOWED_SCHEMES


def without_links(block: str, *, folder: str, absent: Mapping[str, str]) -> str:
    """Like `safe_text`, with links reduced to their words, for use on another page."""
    words = _LINK.sub(lambda match: match[1], block)
    return safe_text(words, folder=folder, absent=absent, moved={})
