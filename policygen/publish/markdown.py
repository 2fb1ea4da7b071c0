"""The Markdown extensions of the site, shared with the tests that compare structures."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from policygen.text import dialect

if TYPE_CHECKING:
    from collections.abc import Mapping


def slugify(text: str, separator: str) -> str:
    """The anchor of a heading, as everywhere in policygen.

    Args:
        text: The heading without markup.
        separator: Asked for by the `toc` extension; our anchors always use a hyphen.
    """
    return dialect.slug(text).replace("-", separator)


TEXT_EXTENSIONS = (
    "tables",
    "footnotes",
    "sane_lists",
    "pymdownx.highlight",
    "pymdownx.quotes",
    "pymdownx.superfences",
    "pymdownx.tilde",
    "toc",
)
"""What a text of record may use; read alike by a forge, the site and the PDF."""

CHROME_EXTENSIONS = ("abbr", "attr_list", "md_in_html")
"""What only generated parts of a page use; the text of record is written so that it cannot."""

EXTENSION_CONFIGS: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {
        "pymdownx.highlight": {"use_pygments": False},
        "pymdownx.quotes": {"callouts": True},
        "pymdownx.tilde": {"subscript": False},
        "toc": {"permalink": True, "slugify": slugify},
    }
)
"""Options by extension, the same as in `mkdocs.yml`."""
