"""Checks on the syntax tree of a template, before it is filled in: every name, in every branch."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jinja2 import nodes

from policygen.problems import Location, Problem
from policygen.render.environment import filter_names, test_names
from policygen.render.shapes import LOOP, SCALAR, Shape

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from jinja2 import Environment

_PLAIN_NODES = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.Const, nodes.List,
    nodes.Tuple, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr,
    nodes.Assign, nodes.Keyword,
)  # fmt: skip
_SAME_LIST = ("selectattr", "rejectattr", "sort", "list", "unique")
_REFUSED = {
    nodes.Concat: "~ joins texts outside the escaping",
    nodes.Call: "calls are not part of the template language",
    nodes.Getitem: "parts are read with a dot, not with []",
    nodes.FilterBlock: "filter blocks are not part of the template language",
    nodes.AssignBlock: "set blocks are not part of the template language",
    nodes.Include: "include is not part of the template language",
    nodes.Import: "import is not part of the template language",
    nodes.FromImport: "import is not part of the template language",
    nodes.Extends: "extends is not part of the template language",
    nodes.Block: "blocks are not part of the template language",
    nodes.Macro: "macros are not part of the template language",
}
_MAX_LOOP_DEPTH = 2


@dataclass(slots=True)
class NameCheck:
    """What a template uses, and what is wrong with it."""

    path: str
    namespace: Mapping[str, Shape]
    documents: Collection[str]
    positions: TokenPositions
    parameters: set[str] = field(default_factory=set)
    linked: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def template(self, tree: nodes.Template) -> None:
        """Check a whole template."""
        self._visit_all(tree.body, dict(self.namespace), depth=0, conditional=False)

    def _visit_all(
        self, found: list[nodes.Node], names: dict[str, Shape], *, depth: int, conditional: bool
    ) -> None:
        for node in found:
            self._visit(node, names, depth=depth, conditional=conditional)

    def _visit(
        self, node: nodes.Node, names: dict[str, Shape], *, depth: int, conditional: bool
    ) -> None:
        match node:
            case nodes.Output():
                for part in node.nodes:
                    self._shape(part, names)
            case nodes.If():
                self._shape(node.test, names)
                for branch in (node.body, node.elif_, node.else_):
                    self._visit_all(list(branch), names, depth=depth, conditional=True)
            case nodes.For():
                self._loop(node, names, depth)
            case nodes.Assign():
                if isinstance(node.target, nodes.Name):
                    names[node.target.name] = self._shape(node.node, names) or SCALAR
            case nodes.CallBlock():
                if conditional:
                    self._problem(
                        "statement-conditional",
                        node.lineno,
                        None,
                        "a statement stands inside an if or a for, so its absence has no reason",
                        'Give the statement itself when="..." and otherwise="...".',
                    )
                self._visit_all(list(node.body), names, depth=depth, conditional=False)
            case _:
                self._refuse(node)

    def _loop(self, node: nodes.For, names: dict[str, Shape], depth: int) -> None:
        if depth >= _MAX_LOOP_DEPTH or node.recursive:
            self._problem(
                "render-refused",
                node.lineno,
                None,
                f"loops are nested more than {_MAX_LOOP_DEPTH} deep",
                "Split the table in two.",
            )
        inner = dict(names)
        listed = self._shape(node.iter, names)
        if listed is not None and listed.item is None:
            self._problem(
                "render-not-a-list",
                node.lineno,
                None,
                "the for loop walks over something that is not a list",
                None,
            )
        if isinstance(node.target, nodes.Name):
            inner[node.target.name] = (listed.item if listed else None) or SCALAR
        inner["loop"] = LOOP
        if node.test is not None:
            self._shape(node.test, inner)
        self._visit_all(list(node.body), inner, depth=depth + 1, conditional=True)
        self._visit_all(list(node.else_), names, depth=depth, conditional=True)

    def _shape(self, node: nodes.Node, names: dict[str, Shape]) -> Shape | None:
        """The shape of an expression; None where it is unknown after a problem."""
        match node:
            case nodes.Name():
                return self._name(node, names)
            case nodes.Getattr():
                return self._attribute(node, names)
            case nodes.Filter():
                return self._filter(node, names)
            case nodes.Test():
                if node.name not in test_names():
                    self._unknown("test", node.name, test_names(), node.lineno)
                self._children(node, names)
                return SCALAR
            case nodes.CondExpr():
                self._shape(node.test, names)
                first = self._shape(node.expr1, names)
                second = self._shape(node.expr2, names) if node.expr2 is not None else None
                return first or second
            case nodes.TemplateData():
                return SCALAR
            case _ if isinstance(node, _PLAIN_NODES):
                self._children(node, names)
                return Shape(item=SCALAR) if isinstance(node, nodes.List | nodes.Tuple) else SCALAR
            case _:
                self._refuse(node)
                return None

    def _children(self, node: nodes.Node, names: dict[str, Shape]) -> None:
        for child in node.iter_child_nodes():
            self._shape(child, names)

    def _name(self, node: nodes.Name, names: dict[str, Shape]) -> Shape | None:
        if node.name in names:
            return names[node.name]
        self._unknown("name", node.name, names, node.lineno)
        return None

    def _attribute(self, node: nodes.Getattr, names: dict[str, Shape]) -> Shape | None:
        base = self._shape(node.node, names)
        chain = _chain(node)
        if chain is not None and chain.startswith("p.") and chain.count(".") == 1:
            self.parameters.add(node.attr)
        if base is None:
            return None
        if node.attr in base.fields:
            return base.fields[node.attr]
        shown = chain or node.attr
        kind = "a parameter" if shown.startswith("p.") else "in the profile"
        self._unknown_part(shown, kind, base, node)
        return None

    def _unknown_part(self, shown: str, kind: str, base: Shape, node: nodes.Getattr) -> None:
        hint: str | None
        if base.item is not None:
            hint = "It is a list: walk over it with for, or take its first item."
        elif not base.fields:
            hint = "What stands before the last dot has no parts."
        else:
            hint = _nearest(node.attr, base.fields)
        self.problems.append(
            Problem(
                code="render-unknown-name",
                location=self.positions.of(node.lineno, shown),
                message=f"{shown} is not {kind}",
                hint=hint,
            )
        )

    def _filter(self, node: nodes.Filter, names: dict[str, Shape]) -> Shape | None:
        if node.name not in filter_names():
            self._unknown("filter", node.name, filter_names(), node.lineno)
        inner = self._shape(node.node, names) if node.node is not None else None
        for argument in (*node.args, *(keyword.value for keyword in node.kwargs)):
            self._shape(argument, names)
        if node.name == "link":
            self._link(node)
        if node.name in _SAME_LIST:
            return inner
        if node.name in ("first", "last"):
            return (inner.item if inner else None) or SCALAR
        if node.name == "map":
            return Shape(item=SCALAR)
        return SCALAR

    def _link(self, node: nodes.Filter) -> None:
        if not isinstance(node.node, nodes.Const):
            return
        document = str(node.node.value)
        if document in self.documents:
            self.linked.add(document)
            return
        self._problem(
            "link-unknown-document",
            node.lineno,
            document,
            f"{document} is not a document of this workspace",
            _nearest(document, self.documents),
        )

    def _refuse(self, node: nodes.Node) -> None:
        why = _REFUSED.get(type(node), "this is not part of the template language")
        self._problem(
            "render-refused",
            node.lineno,
            None,
            why,
            "docs/templates.md lists what templates may do.",
        )

    def _unknown(self, kind: str, name: str, known: Collection[str], line: int) -> None:
        self._problem(
            "render-unknown-name",
            line,
            name,
            f"{name} is not a {kind} that templates have",
            _nearest(name, known),
        )

    def _problem(
        self, code: str, line: int, text: str | None, message: str, hint: str | None
    ) -> None:
        location = self.positions.of(line, text) if text else Location(self.path, line)
        self.problems.append(Problem(code=code, location=location, message=message, hint=hint))


class TokenPositions:
    """Columns of names, from the token stream: the syntax tree knows lines only."""

    def __init__(self, path: str, source: str, environment: Environment) -> None:
        self._path = path
        self._names: list[tuple[int, int, str]] = []
        position = 0
        for _, kind, value in environment.lex(source):
            found = source.find(value, position)
            if found < 0:
                continue
            if kind in ("name", "string", "operator"):
                line = source.count("\n", 0, found) + 1
                column = found - (source.rfind("\n", 0, found) + 1) + 1
                self._names.append((line, column, value))
            position = found + len(value)

    def of(self, line: int, chain: str) -> Location:
        """Where a dotted name stands on a line; the line where it is not found."""
        wanted = re.findall(r"[\w-]+|\.", chain)
        texts = [value.strip("'\"") for _, _, value in self._names]
        for index, (token_line, column, _) in enumerate(self._names):
            if token_line == line and texts[index : index + len(wanted)] == wanted:
                return Location(self._path, line, column)
        return Location(self._path, line)


def _chain(node: nodes.Node) -> str | None:
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        base = _chain(node.node)
        return f"{base}.{node.attr}" if base else None
    return None


def _nearest(name: str, known: Collection[str]) -> str | None:
    found = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return f"did you mean {found[0]}?" if found else None
