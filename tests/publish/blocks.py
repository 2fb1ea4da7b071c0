"""What site and PDF show of a text as blocks, in the form of `Typesetter.structure`."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, TypeAlias
from xml.etree import ElementTree

import markdown
import pikepdf

from policygen.publish.markdown import CHROME_EXTENSIONS, EXTENSION_CONFIGS, TEXT_EXTENSIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from policygen.publish.pdf.typeset import Structure

Skeleton: TypeAlias = "tuple[str | int | Skeleton, ...]"
"""Blocks without words: `heading` with its level on paper, `paragraph`, `list` of items, `table`
with the number of cells of each row."""

_FOOT = re.compile(
    r"DRAFT \u2013 not approved · [^\n]*\n?Page \d+ of \d+\n"
    r"Text sha256 [0-9a-f]{12}\s+Printed copies are uncontrolled\n"
)


def site_blocks(text: str) -> Structure:
    """As the site's Python-Markdown reads a text."""
    configs = {name: dict(options) for name, options in EXTENSION_CONFIGS.items()}
    configs["toc"]["permalink"] = False
    html = markdown.markdown(
        text, extensions=[*TEXT_EXTENSIONS, *CHROME_EXTENSIONS], extension_configs=configs
    )
    return tuple(_site_blocks(ElementTree.XML(f"<body>{html}</body>")))


def _site_blocks(parent: Element) -> Iterator[Structure]:
    """Blocks of an element; words between them are a paragraph, as in a tight list."""
    loose = [parent.text or ""]
    for child in parent:
        if child.tag in _SHAPES:
            yield from _paragraph(loose)
            yield _SHAPES[child.tag](child)
            loose = []
        else:
            loose.append("".join(child.itertext()))
        loose.append(child.tail or "")
    yield from _paragraph(loose)


def _paragraph(loose: list[str]) -> Iterator[Structure]:
    text = _folded("".join(loose))
    if text:
        yield ("paragraph", text)


def _text(element: Element) -> str:
    return _folded("".join(element.itertext()))


def _folded(text: str) -> str:
    return " ".join(text.split())


def _heading(element: Element) -> Structure:
    return ("heading", int(element.tag[1]), _text(element))


def _bullets(element: Element) -> Structure:
    return ("bullets", tuple(tuple(_site_blocks(item)) for item in element))


def _numbers(element: Element) -> Structure:
    start = int(element.get("start", "1"))
    return ("numbers", start, tuple(tuple(_site_blocks(item)) for item in element))


def _table(element: Element) -> Structure:
    return ("table", tuple(tuple(_text(cell) for cell in row) for row in element.iter("tr")))


def _division(element: Element) -> Structure:
    names = (element.get("class") or "").split()
    code = element.find(".//code")
    if names[:1] == ["highlight"] and code is not None:
        return ("code", "".join(code.itertext()).removesuffix("\n"))
    assert names[:1] == ["admonition"], names
    title, *_ = element
    assert title.get("class") == "admonition-title"
    assert _text(title).lower() == names[1]
    element.remove(title)
    return ("callout", names[1], tuple(_site_blocks(element)))


_SHAPES: Mapping[str, Callable[[Element], Structure]] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _heading),
    "p": lambda element: ("paragraph", _text(element)),
    "ul": _bullets,
    "ol": _numbers,
    "table": _table,
    "div": _division,
    "hr": lambda _: ("rule",),
    "blockquote": lambda element: ("quote", tuple(_site_blocks(element))),
}


def skeleton(blocks: Structure) -> Skeleton:
    """What paper is to show of a text's blocks; a callout's title is a paragraph of its own."""
    found: list[Skeleton] = []
    for block in blocks:
        match block:
            case ("heading", int(level), str()):
                found.append(("heading", max(level - 1, 1)))
            case ("bullets", tuple(items)) | ("numbers", int(), tuple(items)):
                found.append(("list", tuple(skeleton(item) for item in items)))  # type: ignore[arg-type]
            case ("table", tuple(rows)):
                found.append(("table", tuple(len(row) for row in rows)))  # type: ignore[arg-type]
            case ("callout", str(), tuple(inner)):
                found += [("paragraph",), *skeleton(inner)]  # type: ignore[list-item]
            case ("paragraph" | "quote" | "code" | "rule" as name, *_):
                found.append((name,))
            case _:
                raise AssertionError(block)
    return tuple(found)


def paper_skeleton(path: Path) -> Skeleton:
    """The tags of the body of a PDF: between the contents and the page on its approval."""
    with pikepdf.open(path) as pdf:
        [document] = _kids(pdf.Root.StructTreeRoot)
        parts = list(_tags(document))
    front = max(index for index, part in enumerate(parts) if part[0] in ("Div", "TOC"))
    end = max(index for index, part in enumerate(parts) if part == ("heading", 1))
    return tuple(parts[front + 1 : end])


def _kids(element: pikepdf.Object) -> list[pikepdf.Object]:
    """The elements below; what is marked on a page is none."""
    return [kid for kid in _all_kids(element) if _role(kid)]


def _role(kid: pikepdf.Object) -> str:
    is_element = isinstance(kid, pikepdf.Dictionary) and "/S" in kid
    return str(kid["/S"]).removeprefix("/") if is_element else ""


def _all_kids(element: pikepdf.Object) -> list[pikepdf.Object]:
    kids = element.get("/K", pikepdf.Array())
    return list(kids.as_list()) if isinstance(kids, pikepdf.Array) else [kids]


def _tags(parent: pikepdf.Object) -> Iterator[Skeleton]:
    """Blocks; words and signs beside them are a paragraph, as in a tight list."""
    loose = False
    for kid in _all_kids(parent):
        role = _role(kid)
        is_loose = role in ("", "Strong", "Em", "Link", "Span", "Code", "Reference")
        if is_loose and not loose:
            yield ("paragraph",)
        elif not is_loose:
            yield _tag(kid, role)
        loose = is_loose


def _tag(element: pikepdf.Object, role: str) -> Skeleton:
    if re.fullmatch(r"H\d", role):
        return ("heading", int(role[1]))
    if role == "P":
        return ("paragraph",)
    if role == "L":
        return ("list", tuple(_item(item) for item in _kids(element)))
    if role == "Table":
        rows = [row for group in _kids(element) for row in _kids(group)]
        return ("table", tuple(len(_kids(row)) for row in rows))
    return (role,)


def _item(element: pikepdf.Object) -> Skeleton:
    label, body = _kids(element)
    assert (str(label["/S"]), str(body["/S"])) == ("/Lbl", "/LBody")
    return tuple(_tags(body))


def paper_body(path: Path, text: str, heads: frozenset[str], running_head: str) -> str:
    """The words of the body of a PDF without white space, as pdftotext finds them.

    Head and foot of each page are left out, and heads of tables that a page repeats.

    Args:
        path: A preview.
        text: What is expected: tells where the body begins, and which heads repeat.
        heads: First rows of the tables of the text, without white space.
        running_head: What stands above the text from the second page on.
    """
    done = subprocess.run(
        ["pdftotext", "-raw", "-enc", "UTF-8", path, "-"], check=True, capture_output=True
    )
    printed = done.stdout.decode().replace("\u200b", "").replace("\u00ad", "")
    found = ""
    for page in printed.split("\f")[:-1]:
        kept = squeezed(_FOOT.sub("", page))
        for words in ("DRAFT", squeezed(running_head), "DRAFT\u2013notapproved"):
            kept = kept.removeprefix(words)
        if not found:
            start = kept.find(text[:50])
            found = kept[start:] if start >= 0 else ""
            continue
        head = max((head for head in heads if kept.startswith(head)), key=len, default="")
        found += kept if text.startswith(head, len(found)) else kept.removeprefix(head)
    return found.rpartition("Approvalandverification")[0]


def squeezed(text: str) -> str:
    """A text without white space: lines break in other places on paper."""
    return re.sub(r"\s", "", text)


def words(blocks: Structure, depth: int = 0) -> Iterator[str]:
    """The words of blocks in their order, with what paper puts before the items of a list."""
    for block in blocks:
        match block:
            case ("callout", str(kind), tuple(inner)):
                yield kind.capitalize()
                yield from words(inner, depth)
            case ("quote", tuple(inner)):
                yield from words(inner, depth)
            case ("table", tuple(rows)):
                yield from (str(cell) for row in rows if isinstance(row, tuple) for cell in row)
            case ("bullets", tuple(items)):
                marks = "\u2022\u2013"[depth % 2] * len(items)
                yield from _items(items, list(marks), depth + 1)
            case ("numbers", int(start), tuple(items)):
                yield from _items(items, [f"{start + n}." for n in range(len(items))], depth)
            case (str(), *_, str(text)):
                yield text
            case _:
                assert block == ("rule",)


def _items(items: Structure, marks: list[str], depth: int) -> Iterator[str]:
    for mark, item in zip(marks, items, strict=True):
        assert isinstance(item, tuple)
        yield mark
        yield from words(item, depth)
