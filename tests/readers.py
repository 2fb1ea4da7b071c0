"""Three readers of Markdown as trees that can be compared: forge, site and paper.

A tree is a tuple: tag, address where it is a link or picture, then texts and trees. Only what a
person sees as structure is kept.
"""

from __future__ import annotations

import re
import subprocess
from html.parser import HTMLParser
from typing import TypeAlias

import markdown
import pypandoc

from policygen.publish.markdown import CHROME_EXTENSIONS, EXTENSION_CONFIGS, TEXT_EXTENSIONS

Tree: TypeAlias = "tuple[str | Tree, ...]"

_FORGE = "gfm"
_PAPER = "gfm-emoji-raw_html-tex_math_dollars-tex_math_gfm-yaml_metadata_block-autolink_bare_uris"
_PLAIN_TAGS = frozenset({"div", "span", "thead", "tbody", "colgroup", "section", "html", "body"})
_VOID = frozenset({"br", "hr", "img", "input", "col"})


def forge(text: str) -> Tree:
    """As pandoc reads a forge's Markdown with everything a forge does beyond it."""
    return _tree(_pandoc(text, _FORGE))


def paper(text: str) -> Tree:
    """As the PDF's pandoc reads it."""
    return _tree(_pandoc(text, _PAPER))


def site(text: str) -> Tree:
    """As the site's Python-Markdown reads it."""
    configs = {name: dict(options) for name, options in EXTENSION_CONFIGS.items()}
    configs["toc"]["permalink"] = False
    html = markdown.markdown(
        text, extensions=[*TEXT_EXTENSIONS, *CHROME_EXTENSIONS], extension_configs=configs
    )
    return _tree(html)


READERS = (forge, site, paper)


def filled(tree: Tree, word: str, text: str) -> Tree:
    """The tree with a text in the place of a word."""
    return tuple(
        part.replace(word, text) if isinstance(part, str) else filled(part, word, text)
        for part in tree
    )


def _pandoc(text: str, source: str) -> str:
    done = subprocess.run(
        [pypandoc.get_pandoc_path(), "-f", source, "-t", "html", "--wrap=none"],
        input=text.encode(),
        capture_output=True,
        check=True,
    )
    return done.stdout.decode()


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[tuple[str, list[str | Tree]]] = [("", [])]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _PLAIN_TAGS:
            return
        address = next((value or "" for name, value in attrs if name in ("href", "src")), "")
        node: list[str | Tree] = [tag, address]
        if tag in _VOID:
            self.stack[-1][1].append(tuple(node))
        else:
            self.stack.append((tag, node))

    def handle_endtag(self, tag: str) -> None:
        if tag in _PLAIN_TAGS or tag in _VOID:
            return
        assert self.stack[-1][0] == tag, (tag, self.stack[-1])
        _, node = self.stack.pop()
        self.stack[-1][1].append(_folded(node))

    def handle_data(self, data: str) -> None:
        self.stack[-1][1].append(data)


def _folded(node: list[str | Tree]) -> Tree:
    """Neighbouring texts joined, white space folded, blank ones dropped."""
    parts: list[str | Tree] = node[:2]
    for part in node[2:]:
        last = parts[-1]
        if isinstance(part, str) and isinstance(last, str) and len(parts) > 2:
            parts[-1] = last + part
        else:
            parts.append(part)
    tidy = [re.sub(r"\s+", " ", part) if isinstance(part, str) else part for part in parts]
    return tuple(part for index, part in enumerate(tidy) if index < 2 or part not in ("", " "))


def _tree(html: str) -> Tree:
    builder = _Builder()
    builder.feed(html)
    builder.close()
    assert len(builder.stack) == 1
    return _folded(["", "", *builder.stack[0][1]])
