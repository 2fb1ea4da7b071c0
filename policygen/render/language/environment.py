"""The Jinja environment: sandboxed, strict, every value escaped for Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from jinja2 import StrictUndefined, Undefined, nodes, pass_context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from policygen.render.language.filters import FILTERS, text_of
from policygen.render.language.statements import StatementExtension
from policygen.text import dialect

if TYPE_CHECKING:
    from jinja2.runtime import Context

_JINJA_FILTERS = (
    "default", "first", "last", "length", "list", "map", "rejectattr", "selectattr", "sort",
    "unique",
)  # fmt: skip
_JINJA_TESTS = (
    "defined", "undefined", "equalto", "in", "true", "false", "none", "eq", "ne", "lt", "gt",
    "le", "ge",
)  # fmt: skip
_LIST_FILTERS = frozenset(_JINJA_FILTERS) - {"default"}
_COUNTED = "_counted"
_STEP = 10
"""What one turn of a loop costs beside the text in it."""


def make_environment() -> ImmutableSandboxedEnvironment:
    """An environment for one template, of whatever organization.

    Every filter takes the context, so none is applied while a template is compiled.
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
        **FILTERS,
        _COUNTED: _counted,
    }
    environment.tests = {name: environment.tests[name] for name in _JINJA_TESTS}
    environment.globals = {}
    return environment


def filter_names() -> frozenset[str]:
    """Filters a template may use."""
    return frozenset(_JINJA_FILTERS) | frozenset(FILTERS)


def test_names() -> frozenset[str]:
    """Tests a template may use."""
    return frozenset(_JINJA_TESTS)


@pass_context
def _finalize(context: Context, value: object) -> object:
    """Every `{{ value }}` passes here: escaped text, or a fault where there is nothing to say."""
    if isinstance(value, Markup | Undefined):
        return value  # StrictUndefined raises when it is printed
    return Markup(dialect.escape(text_of(context, value)))


def count_work(tree: nodes.Template, environment: ImmutableSandboxedEnvironment) -> None:
    """Let every loop and list filter of a template count what it is going to do."""
    # One walk: the tree of a template has thousands of nodes.
    for node in list(tree.find_all((nodes.For, nodes.Filter, nodes.Operand))):
        if isinstance(node, nodes.For) and isinstance(node.iter, nodes.Expr):
            texts = (len(data.data) for data in node.find_all(nodes.TemplateData))
            node.iter = _count(node.iter, _STEP + sum(texts))
        elif isinstance(node, nodes.Filter):
            if node.name in _LIST_FILTERS and node.node is not None:
                node.node = _count(node.node, 1)
        elif isinstance(node, nodes.Operand) and node.op in ("in", "notin"):
            node.expr = _count(node.expr, 1)
    tree.set_environment(environment)


def _count(node: nodes.Expr, cost: int) -> nodes.Filter:
    counted = nodes.Filter(node, _COUNTED, [nodes.Const(cost)], [], None, None)
    counted.set_lineno(node.lineno)
    return counted


@pass_context
def _counted(context: Context, value: object, cost: int) -> object:
    """The value itself, a generator as a tuple, once its items have been counted."""
    if isinstance(value, list | tuple | str):
        context["_collector"].spend(cost * len(value))
        return value
    if isinstance(value, Iterator):
        items: tuple[object, ...] = tuple(value)
        context["_collector"].spend(cost * len(items))
        return items
    return value
