"""Checks on the syntax tree of a template, before it is filled in: every name, in every branch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jinja2 import nodes

from policygen import words
from policygen.problems import Location, Problem
from policygen.render.language import refused
from policygen.render.language.environment import filter_names, test_names
from policygen.render.language.filters import FILTERS
from policygen.render.language.shapes import LOOP, SCALAR, Shape

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from policygen.render.language.positions import TokenPositions

_COMPOUND = (
    nodes.Const, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr,
    nodes.List, nodes.Tuple,
)  # fmt: skip
_SAME_LIST = ("selectattr", "rejectattr", "sort", "list", "unique", "default")
_BY_ATTRIBUTE = ("selectattr", "rejectattr")
_MAX_LOOP_DEPTH = 2
_HINT = "docs/templates.md lists what templates may do."

Names = dict[str, Shape]


@dataclass(slots=True)
class NameCheck:
    """What a template uses, and what is wrong with it."""

    path: str
    namespace: Mapping[str, Shape]
    documents: Collection[str]
    places: Mapping[str, Location]
    """Where names are set, for hints: `p.access_review_frequency` in organization.yml."""

    positions: TokenPositions
    parameters: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def template(self, tree: nodes.Template) -> None:
        """Check a whole template."""
        self._visit_all(tree.body, dict(self.namespace), depth=0, inside=False)

    def _visit_all(
        self, found: list[nodes.Node], names: Names, *, depth: int, inside: bool
    ) -> None:
        for node in found:
            self._visit(node, names, depth=depth, inside=inside)

    def _visit(self, node: nodes.Node, names: Names, *, depth: int, inside: bool) -> None:
        """Check a tag and what stands in it.

        Args:
            node: The tag.
            names: What can be named there.
            depth: How many loops it stands in.
            inside: Whether it stands in an if, a for or a statement.
        """
        match node:
            case nodes.Output():
                for part in node.nodes:
                    self._shape(part, names)
            case nodes.If():
                self._shape(node.test, names)
                for branch in (node.body, node.elif_, node.else_):
                    self._visit_all(list(branch), names, depth=depth, inside=True)
            case nodes.For():
                self._loop(node, names, depth)
            case nodes.Assign():
                shape = self._shape(node.node, names) or SCALAR
                self._give(node.target, names, shape)
            case nodes.CallBlock() if _is_statement(node):
                if inside:
                    self._problem(
                        "statement-conditional",
                        node.lineno,
                        None,
                        "a statement stands inside an if, a for or another statement, so its "
                        "absence has no reason",
                        'Give the statement itself when="..." and otherwise="...".',
                    )
                self._visit_all(list(node.body), names, depth=depth, inside=True)
            case _:
                self._refuse(node, names)

    def _give(self, target: nodes.Node, names: Names, shape: Shape) -> None:
        """Note a name that the template itself gives."""
        if not isinstance(target, nodes.Name):
            self._refuse(target, names)
            return
        fault = refused.own_name_fault(target.name, self.namespace)
        if fault:
            self._problem("render-refused", target.lineno, target.name, fault, "Take another name.")
        names[target.name] = shape

    def _loop(self, node: nodes.For, names: Names, depth: int) -> None:
        if depth >= _MAX_LOOP_DEPTH or node.recursive:
            message = f"loops are nested more than {_MAX_LOOP_DEPTH} deep"
            self._problem("render-refused", node.lineno, None, message, "Split the table in two.")
        inner = dict(names)
        listed = self._shape(node.iter, names)
        if listed is not None and listed.item is None:
            message = "the for loop walks over something that is not a list"
            self._problem("render-not-a-list", node.lineno, None, message, None)
        self._give(node.target, inner, (listed.item if listed else None) or SCALAR)
        if node.test is not None:
            self._shape(node.test, inner)
        inner["loop"] = LOOP
        self._visit_all(list(node.body), inner, depth=depth + 1, inside=True)
        self._visit_all(list(node.else_), dict(names), depth=depth, inside=True)

    def _shape(self, node: nodes.Node, names: Names) -> Shape | None:
        """The shape of an expression; None where it is unknown after a problem."""
        match node:
            case nodes.Name():
                if node.name not in names:
                    self._unknown("name", node.name, names, node.lineno)
                return names.get(node.name)
            case nodes.Getattr():
                return self._attribute(node, names)
            case nodes.Filter():
                return self._filter(node, names)
            case nodes.Test():
                if node.name not in test_names():
                    self._unknown("test", node.name, test_names(), node.lineno)
                self._children(node, names)
                return SCALAR
            case nodes.TemplateData():
                return SCALAR
            case _ if isinstance(node, _COMPOUND):
                return self._compound(node, names)
            case _:
                self._refuse(node, names)
                return None

    def _compound(self, node: nodes.Node, names: Names) -> Shape:
        shapes = self._children(node, names)
        match node:
            case nodes.CondExpr() | nodes.And() | nodes.Or():
                results = shapes[1:] if isinstance(node, nodes.CondExpr) else shapes
                return next((shape for shape in results if shape and shape != SCALAR), SCALAR)
            case nodes.List() | nodes.Tuple():
                if any(shape and shape.item for shape in shapes):
                    message = "a list of lists is not part of the template language"
                    self._problem("render-refused", node.lineno, None, message, _HINT)
                return Shape(item=SCALAR)
            case _:
                return SCALAR

    def _children(self, node: nodes.Node, names: Names) -> list[Shape | None]:
        return [self._shape(child, names) for child in node.iter_child_nodes()]

    def _attribute(self, node: nodes.Getattr, names: Names) -> Shape | None:
        base = self._shape(node.node, names)
        chain = _chain(node)
        if chain is not None and chain.startswith("p.") and chain.count(".") == 1:
            self.parameters.add(node.attr)
        if base is None:
            return None
        if node.attr not in base.fields:
            self._unknown_part(chain or node.attr, base, node)
        return base.fields.get(node.attr)

    def _unknown_part(self, shown: str, base: Shape, node: nodes.Getattr) -> None:
        hint: str | None
        if base.item is not None:
            hint = "It is a list: walk over it with for, or take its first item."
        elif not base.fields:
            hint = "What stands before the last dot has no parts."
        else:
            hint = self._nearest(node.attr, base.fields, shown.rpartition(".")[0])
        self.problems.append(
            Problem(
                code="render-unknown-name",
                location=self.positions.of(node.lineno, shown),
                message=f"{shown} is not "
                + ("a parameter" if shown.startswith("p.") else "in the profile"),
                hint=hint,
            )
        )

    def _filter(self, node: nodes.Filter, names: Names) -> Shape | None:
        if node.name not in filter_names():
            self._unknown("filter", node.name, filter_names(), node.lineno)
        inner = self._shape(node.node, names) if node.node is not None else None
        for argument in (*node.args, *(keyword.value for keyword in node.kwargs)):
            self._shape(argument, names)
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            message = "* and ** are not part of the template language"
            self._problem("render-refused", node.lineno, None, message, _HINT)
        self._named_parts(node, inner)
        if node.name == "link":
            self._link(node)
        if node.name in _SAME_LIST:
            return inner
        if node.name in ("first", "last"):
            return (inner.item if inner else None) or SCALAR
        return Shape(item=SCALAR) if node.name == "map" else SCALAR

    def _named_parts(self, node: nodes.Filter, listed: Shape | None) -> None:
        """Names of parts, filters and tests that are handed to a filter as quoted text."""
        keywords: dict[str, nodes.Node] = {str(row.key): row.value for row in node.kwargs}
        part = keywords.pop("attribute", None)
        arguments: list[nodes.Node] = list(node.args)
        if node.name in _BY_ATTRIBUTE:
            part = arguments.pop(0) if arguments else part
            if arguments:
                self._quoted("test", arguments[0], test_names())
        elif node.name == "map" and arguments:
            self._quoted("filter", arguments[0], frozenset(FILTERS))
        if node.name == "map" and (len(arguments) > 1 or keywords or (part and arguments)):
            message = "map takes the name of one filter, or attribute and nothing else"
            self._problem("render-refused", node.lineno, None, message, _HINT)
        if part is not None:
            known = listed.item.fields if listed and listed.item else {}
            self._quoted("part of the items", part, known if listed else None)

    def _quoted(self, kind: str, node: nodes.Node, known: Collection[str] | None) -> None:
        if not isinstance(node, nodes.Const) or not isinstance(node.value, str):
            message = f"the name of a {kind} must be a quoted text"
            self._problem("render-refused", node.lineno, None, message, _HINT)
        elif known is not None and node.value not in known:
            self._unknown(kind, node.value, known, node.lineno)

    def _link(self, node: nodes.Filter) -> None:
        if isinstance(node.node, nodes.Const) and node.node.value not in self.documents:
            document = str(node.node.value)
            self._problem(
                "link-unknown-document",
                node.lineno,
                document,
                f"{document} is not a document of this workspace",
                self._nearest(document, self.documents),
            )

    def _refuse(self, node: nodes.Node, names: Names) -> None:
        lines = (child.lineno for child in node.find_all(nodes.Node))
        line = node.lineno or next((line for line in lines if line), 1)
        self._problem("render-refused", line, None, refused.reason(node), _HINT)
        if isinstance(node, nodes.Expr):
            self._children(node, names)

    def _unknown(self, kind: str, name: str, known: Collection[str], line: int) -> None:
        if kind in ("filter", "test") and name in refused.JINJA_NAMES:
            message = f"the {kind} {name} is not part of the template language"
            self._problem("render-refused", line, name, message, _HINT)
            return
        message = f"{name} is not a {kind} that templates have"
        self._problem("render-unknown-name", line, name, message, self._nearest(name, known))

    def _nearest(self, name: str, known: Collection[str], base: str = "") -> str | None:
        near = words.nearest(name, known)
        if near is None:
            return None
        place = self.places.get(f"{base}.{near}")
        return f"did you mean {near}?" + (f" It is set at {place}." if place else "")

    def _problem(
        self, code: str, line: int, text: str | None, message: str, hint: str | None
    ) -> None:
        location = self.positions.of(line, text) if text else Location(self.path, line)
        self.problems.append(Problem(code=code, location=location, message=message, hint=hint))


def _is_statement(node: nodes.CallBlock) -> bool:
    return isinstance(node.call.node, nodes.ExtensionAttribute)


def _chain(node: nodes.Node) -> str | None:
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        base = _chain(node.node)
        return f"{base}.{node.attr}" if base else None
    return None
