"""The `statement` tag: one duty, collected with its line while a template is filled in."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from jinja2 import nodes
from jinja2.ext import Extension
from markupsafe import Markup

from policygen import dialect
from policygen.model.document import Declaration
from policygen.problems import Location
from policygen.record_text import STATEMENT_ID

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2.parser import Parser
    from jinja2.runtime import Context

KEYWORDS = ("control", "criteria", "owner", "evidence", "when", "otherwise")
REQUIRED = ("control", "criteria", "owner", "evidence")


@dataclass(slots=True)
class Collector:
    """What one rendering found, beside its text."""

    holds: Callable[[str], bool]
    """Whether a condition holds for this organization."""

    applied: list[Declaration] = field(default_factory=list)
    left_out: list[Declaration] = field(default_factory=list)
    faults: list[tuple[int, str, str, str]] = field(default_factory=list)
    """Line, code, message and hint of each fault."""


class StatementExtension(Extension):
    """Parses `{% statement "AC-19", control="ACC-04", ... %}` to `{% endstatement %}`."""

    tags = {"statement"}  # noqa: RUF012 - the name and type are Jinja's

    def __init__(self, environment: object) -> None:
        super().__init__(environment)  # type: ignore[arg-type]  # Jinja passes its Environment
        self.declarations: list[Declaration] = []

    def parse(self, parser: Parser) -> nodes.Node:
        """Turn the tag into a call that records the statement."""
        line = next(parser.stream).lineno
        faults: list[str] = []
        values: dict[str, str] = {}
        statement_id = _constant(parser.parse_expression())
        if statement_id is None:
            faults.append("the id of a statement must be a quoted text")
        elif not STATEMENT_ID.fullmatch(statement_id):
            faults.append(f'"{statement_id}" is not a statement id such as AC-19')
        while parser.stream.skip_if("comma"):
            name = parser.stream.expect("name").value
            parser.stream.expect("assign")
            value = _constant(parser.parse_expression())
            if name not in KEYWORDS:
                faults.append(f"{name} is not one of {', '.join(KEYWORDS)}")
            elif value is None:
                faults.append(f"{name} must be a quoted text")
            else:
                values[name] = value
        faults += [f"{name} is missing" for name in REQUIRED if not values.get(name, "").strip()]
        if "when" in values and not values.get("otherwise", "").strip():
            faults.append("when needs otherwise, the reason printed when the condition is false")
        path = parser.filename or ""
        declaration = Declaration(
            id=statement_id or "?",
            document=PurePosixPath(path).stem,
            location=Location(path, line),
            attributes=values,
            faults=tuple(faults),
        )
        self.declarations.append(declaration)
        index = nodes.Const(len(self.declarations) - 1)
        body = parser.parse_statements(("name:endstatement",), drop_needle=True)
        call = self.call_method("record", [nodes.ContextReference(), index], lineno=line)
        return nodes.CallBlock(call, [], [], body).set_lineno(line)

    def record(self, context: Context, index: int, caller: Callable[[], str]) -> Markup:
        """Called while rendering: keep the statement and give its paragraph."""
        declaration = self.declarations[index]
        collector: Collector = context["_collector"]
        condition = declaration.attributes.get("when")
        if condition is not None and not collector.holds(condition):
            collector.left_out.append(declaration)
            return Markup("")
        body = str(caller()).strip()
        fault = _shape_fault(body)
        if fault:
            hint = "Say one duty in one paragraph; a list after it needs a colon before it."
            collector.faults.append(
                (
                    declaration.location.line or 1,
                    "statement-shape",
                    f"{declaration.id} {fault}",
                    hint,
                )
            )
        collector.applied.append(declaration)
        # The body has been rendered under autoescape: it is Markdown already.
        return Markup(f"\n**{declaration.id}** {body}\n")


def _shape_fault(body: str) -> str | None:
    blocks = [block for _, block in dialect.paragraphs(body)]
    if not blocks:
        return "is empty"
    if dialect.is_list(blocks[0]) or blocks[0].startswith(("#", ">", "|")):
        return "does not open with a paragraph"
    rest = blocks[1:]
    if rest and not (blocks[0].endswith(":") and dialect.is_list(rest[0])):
        return "is more than a paragraph and a list"
    if len([block for block in rest if not block.startswith(" ")]) > 1:
        return "holds more than one list"
    return None


def _constant(node: nodes.Expr) -> str | None:
    return node.value if isinstance(node, nodes.Const) and isinstance(node.value, str) else None
