"""What the template language leaves out, and why: one reason for each kind of node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import nodes
from jinja2.filters import FILTERS
from jinja2.tests import TESTS

if TYPE_CHECKING:
    from collections.abc import Mapping

REFUSED: Mapping[type[nodes.Node], str] = {
    nodes.Concat: "~ joins texts outside the escaping",
    nodes.Add: "+ is not part of the template language",
    nodes.Mul: "* is not part of the template language",
    nodes.Pow: "** is not part of the template language",
    nodes.Mod: "% is not part of the template language",
    nodes.Call: "calls are not part of the template language",
    nodes.Getitem: "parts are read with a dot, not with []",
    nodes.Dict: "groups of values are not part of the template language",
    nodes.FilterBlock: "filter blocks are not part of the template language",
    nodes.AssignBlock: "set blocks are not part of the template language",
    nodes.Include: "include is not part of the template language",
    nodes.Import: "import is not part of the template language",
    nodes.FromImport: "import is not part of the template language",
    nodes.Extends: "extends is not part of the template language",
    nodes.Block: "blocks are not part of the template language",
    nodes.Macro: "macros are not part of the template language",
    nodes.With: "with is not part of the template language",
    nodes.Scope: "autoescape is not part of the template language",
}

JINJA_NAMES = frozenset(FILTERS) | frozenset(TESTS)
"""Filters and tests that Jinja has; those we leave out are refused, not unknown."""


def reason(node: nodes.Node) -> str:
    """Why a node is refused."""
    return REFUSED.get(type(node), "this is not part of the template language")


def own_name_fault(name: str, taken: Mapping[str, object]) -> str | None:
    """Why `set` or `for` may not use a name of its own; None where it may."""
    if name.startswith("_") or name in ("loop", "self", "super", "caller", "varargs", "kwargs"):
        return f"{name} is a name that templates may not give"
    if name in taken:
        return f"{name} is already the name of something else"
    return None
