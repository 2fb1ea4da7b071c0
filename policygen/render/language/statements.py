"""The `statement` tag: one duty, collected with its line while a template is filled in."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.ext import Extension
from markupsafe import Markup

from policygen.model.document import LEFT_OUT, Declaration
from policygen.problems import Location
from policygen.text import dialect
from policygen.text.record import STATEMENT_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jinja2.parser import Parser
    from jinja2.runtime import Context

    from policygen.render.language.noted import Notes

KEYWORDS = ("control", "criteria", "owner", "evidence", "when", "otherwise")
REQUIRED = ("control", "criteria", "owner", "evidence")
MOST_WORK = 2_000_000
"""Characters and steps that one document may take; the longest policy takes a twentieth."""


class TooMuchError(SecurityError):
    """A template that would not end soon, or whose text would fill the disk."""


@dataclass(slots=True)
class Collector:
    """What one rendering found, beside its text."""

    holds: Callable[[str], bool]
    """Whether a condition holds for this organization."""

    deciding: Callable[[str], frozenset[str]]
    """Parameters that could turn a condition."""

    notes: Notes
    """What the text took from parameters."""

    left_out: Mapping[str, str]
    """Why the organization does not make a statement, by its id."""

    reasons: dict[str, str] = field(default_factory=dict)
    """Why a statement does not apply, by its id."""

    faults: list[tuple[int, str, str, str]] = field(default_factory=list)
    """Line, code, message and hint of each fault."""

    spent: int = 0

    def spend(self, amount: int) -> None:
        """Count work before it is done.

        Raises:
            TooMuchError: The document would take more than any document needs.
        """
        self.spent += amount
        if self.spent > MOST_WORK:
            raise TooMuchError("it would take too long or become too long")


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
            elif name in values:
                faults.append(f"{name} stands twice")
            elif value is None:
                faults.append(f"{name} must be a quoted text")
            else:
                values[name] = value
        path = parser.filename or ""
        declaration = Declaration(
            id=statement_id or "?",
            document=PurePosixPath(path).stem,
            location=Location(path, line),
            attributes=values,
            faults=(*faults, *_missing(values)),
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
        reason = _reason_against(declaration, collector)
        if reason is not None:
            collector.reasons[declaration.id] = reason
            return Markup("\n")
        body = str(caller()).strip()
        fault = _shape_fault(body)
        if fault:
            line = declaration.location.line or 1
            hint = "Say one duty in one paragraph; a list after it needs a colon before it."
            message = f"{declaration.id} {fault}"
            collector.faults.append((line, "statement-shape", message, hint))
        # The body has been rendered under autoescape: it is Markdown already.
        return Markup(f"\n\n**{declaration.id}** {body}\n\n")


def _missing(values: Mapping[str, str]) -> list[str]:
    faults = [f"{name} is missing" for name in REQUIRED if not values.get(name, "").strip()]
    if "when" in values and not values.get("otherwise", "").strip():
        faults.append("when needs otherwise, the reason printed when the condition is false")
    if "otherwise" in values and "when" not in values:
        faults.append("otherwise needs when, the condition")
    return faults


def _reason_against(declaration: Declaration, collector: Collector) -> str | None:
    """Why a statement does not apply; None where it does."""
    condition = declaration.attributes.get("when")
    if condition is not None:
        collector.notes.read(collector.deciding(condition))
    if condition is not None and not collector.holds(condition):
        return declaration.attributes["otherwise"]
    reason = collector.left_out.get(declaration.id)
    return None if reason is None else LEFT_OUT + reason


def _shape_fault(body: str) -> str | None:
    blocks = [block for _, block in dialect.paragraphs(body)]
    if not blocks:
        return "is empty"
    if dialect.is_list(blocks[0]) or blocks[0].startswith(("#", ">", "|", "`", "~~~")):
        return "does not open with a paragraph"
    rest = blocks[1:]
    if rest and not (blocks[0].endswith(":") and dialect.is_list(rest[0])):
        return "is more than a paragraph and a list"
    if len([block for block in rest if not block.startswith("    ")]) > 1:
        return "holds more than one list"
    return None


def _constant(node: nodes.Expr) -> str | None:
    return node.value if isinstance(node, nodes.Const) and isinstance(node.value, str) else None
