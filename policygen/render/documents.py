"""Templates to documents: a pure function of templates and facts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jinja2 import Template as JinjaTemplate
from jinja2 import TemplateError, TemplateSyntaxError

from policygen.model.document import LEFT_OUT, Declaration, Document, Rendering, Statement
from policygen.model.listing import listed
from policygen.problems import Location, PolicygenError, Problem, Severity
from policygen.render.bound.binding import bind
from policygen.render.bound.volumes import bound_documents
from policygen.render.conditions import condition_problems
from policygen.render.headers import Headers
from policygen.render.kept import Kept, Outcome
from policygen.render.language.filters import Link
from policygen.render.language.namespace import Namespace, shapes
from policygen.render.language.noted import Notes
from policygen.render.language.parsed import parsed
from policygen.render.language.statements import Collector, TooMuchError
from policygen.render.language.values import NOTHING
from policygen.render.language.voids import failing_line
from policygen.render.own_words import OwnWords
from policygen.render.plan import Planner
from policygen.render.tidy import tidy
from policygen.text.record import read_record, statement_places, write_record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policygen.conditions.condition import ConditionContext
    from policygen.model.facts import Facts
    from policygen.model.template import DocumentPlan, Template, Volume
    from policygen.render.language.parsed import ParsedTemplate

_FAILURES = (
    TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError,
    RecursionError, SyntaxError, MemoryError,
)  # fmt: skip
"""What Jinja and Python raise while a template is compiled and filled in."""

_DOUBTS = frozenset({"link-left-out-document"})
"""What a template does that somebody should look at, and that gives a sound text."""

_OPENING = re.compile(r"\{%[-+]?\s*statement\b")


def render_documents(
    templates: Sequence[Template], facts: Facts, context: ConditionContext, kept: Kept | None = None
) -> Rendering:
    """Fill in every template for one organization.

    The same templates and facts give the same text on every machine: there is no clock, no
    folder and no randomness here. All templates are checked; only included ones are filled in.
    Where the same set is rendered again and again, `kept` spares what cannot have changed.
    """
    planner = Planner(facts, context)
    plans, problems = planner.plan(templates)
    volumes, binding_problems = bind(plans, facts, planner.holds)
    renderer = _Renderer(facts, plans, volumes, planner)
    outcomes = (kept or Kept()).outcomes(plans, facts, renderer.outcome)
    texts = tuple(each.document for each in outcomes if each.document is not None)
    return Rendering(
        documents=bound_documents(texts, volumes, renderer.headers.of_volume),
        texts=texts,
        plans=plans,
        volumes=volumes,
        declared=tuple(row for each in outcomes for row in each.declared),
        problems=(
            *problems, *binding_problems, *(row for each in outcomes for row in each.problems),
        ),
    )  # fmt: skip


class _Renderer:
    def __init__(
        self,
        facts: Facts,
        plans: Sequence[DocumentPlan],
        volumes: Sequence[Volume],
        planner: Planner,
    ) -> None:
        self._facts = facts
        self._plans = {plan.id: plan for plan in plans}
        self._planner = planner
        behind_list = NOTHING.union(*(plan.presence | plan.leading for plan in plans))
        self._namespace = Namespace(facts, listed(plans, volumes), behind_list)
        self.headers = Headers(facts, plans, volumes, self._namespace.role_title)
        self._own_words = OwnWords(facts)
        self._shapes = shapes(facts)
        self._places = {
            f"p.{name}": value.location
            for name, value in facts.parameters.items()
            if value.location is not None
        }
        rows = facts.profile.documents.statements_left_out
        self._left_out = {row.id: row.reason for row in rows}
        self._links: dict[str, dict[str, Link]] = {}
        self.problems: list[Problem] = []
        self.declared: list[Declaration] = []

    def outcome(self, plan: DocumentPlan) -> Outcome:
        """What one template gives, with everything found on the way."""
        self.problems, self.declared = [], []
        document = self.document(plan)
        return Outcome(document, tuple(self.declared), tuple(self.problems))

    def document(self, plan: DocumentPlan) -> Document | None:
        """The document of one template; None where it is left out or cannot be filled in."""
        template = plan.template
        before = len(self.problems)
        try:
            source = parsed(template)
            self._check(template, source)
        except TemplateSyntaxError as error:
            self._problem("template-syntax", template, error.lineno, str(error.message), None)
            return None
        except RecursionError:
            self._problem("template-syntax", template, 1, "the template is nested too deeply", None)
            return None
        except ValueError as error:
            # A number of thousands of digits, a broken escape in a quoted text.
            self._problem("template-syntax", template, 1, f"cannot be read: {error}", None)
            return None
        ids = [declaration.id for declaration in source.declarations]
        if len(self.problems) > before or not plan.included or len(set(ids)) < len(ids):
            return None  # an id stated twice is told by the checks, across documents
        collector = Collector(
            holds=self._planner.holds,
            deciding=self._planner.deciding,
            left_out=self._left_out,
            notes=Notes(read=self.headers.behind(plan)),
        )
        filled = self._filled(plan, source, collector)
        if filled is None:
            return None
        for line, fault, message, hint in collector.faults:
            self._problem(fault, template, line, message, hint)
        return self._finish(plan, filled, collector, source.declarations)

    def _check(self, template: Template, source: ParsedTemplate) -> None:
        """Every name of the template looked at, and the statement tags with their conditions."""
        check = source.names_checked(self._shapes, frozenset(self._plans), self._places)
        self.problems += check.problems
        lines = template.text.split("\n")
        for declaration in source.declarations:
            self.declared.append(declaration)
            line = declaration.location.line or 1
            faults = _tag_faults(declaration, template)
            if not _OPENING.match(lines[line - 1]):
                faults.append("the tag must open its line")
            self.problems += [_tag_problem(declaration, fault) for fault in faults]
            self.problems += self._condition_problems(declaration, source)

    def _condition_problems(
        self, declaration: Declaration, source: ParsedTemplate
    ) -> list[Problem]:
        condition = declaration.attributes.get("when")
        registries = self._facts.registries
        if condition is None or not condition_problems(
            condition, declaration.location, registries, exact=False
        ):
            return []
        exact = source.positions.of_text(declaration.location.line or 1, condition)
        return condition_problems(
            condition, exact or declaration.location, registries, exact=exact is not None
        )

    def _filled(
        self, plan: DocumentPlan, source: ParsedTemplate, collector: Collector
    ) -> str | None:
        names = {
            **self._namespace.names(plan.variant, collector.notes),
            "_collector": collector,
            "_links": self._links_from(plan.template.kind.folder),
        }
        try:
            jinja = JinjaTemplate.from_code(source.environment, source.code, {})
            # Not `render`: it rewrites the traceback, which tells the line of the template.
            return "".join(jinja.root_render_func(jinja.new_context(names)))
        except TooMuchError as error:
            line = failing_line(error.__traceback__)
            self._problem(
                "render-limit",
                plan.template,
                line,
                f"the template is stopped: {error}",
                "Look for loops in loops over long lists.",
            )
        except _FAILURES as error:
            line = failing_line(error.__traceback__)
            message = f"cannot be filled in: {error}"
            self._problem("render-failed", plan.template, line, message, None)
        return None

    def _finish(
        self,
        plan: DocumentPlan,
        filled: str,
        collector: Collector,
        declarations: Sequence[Declaration],
    ) -> Document | None:
        header = self.headers.of_plan(plan)
        statements = [self._statement(plan, row, collector) for row in declarations]
        text = write_record(header, tidy(filled), statements)
        template = plan.template
        try:
            record = read_record(text, f"rendered/{header.path}")
        except PolicygenError as error:
            self.problems += error.problems
            return None
        stated = {place.id for place in statement_places(record.body)}
        if [row.id for row in record.statements] != [row.id for row in statements] or (
            stated != {row.id for row in statements if row.applies}
        ):
            self._problem(
                "render-own-table",
                template,
                None,
                "the text has a statement or a table of statements that no tag made",
                "Write statements with the tag; their table is made by policygen.",
            )
            return None
        return Document(
            record=record,
            text=text,
            template=template.path,
            statement_locations={row.id: row.location for row in declarations},
            uses=collector.notes.uses(template.front.cadence),
            retired=dict(template.front.retired),
        )

    def _statement(self, plan: DocumentPlan, row: Declaration, collector: Collector) -> Statement:
        attributes = row.attributes
        return Statement(
            id=row.id,
            document=plan.id,
            text="",
            control=attributes.get("control", ""),
            criteria=tuple(attributes.get("criteria", "").split()),
            owner=self._namespace.role_title(attributes.get("owner", "")),
            evidence=self._own_words.clause(attributes.get("evidence", "")),
            not_applicable=self._reason(collector.reasons.get(row.id)),
        )

    def _reason(self, reason: str | None) -> str | None:
        """Why a statement does not apply; what the organization wrote is in its words already."""
        if reason is None or reason.startswith(LEFT_OUT):
            return reason
        return self._own_words.clause(reason)

    def _links_from(self, here: str) -> Mapping[str, Link]:
        """Each document, as seen from those of one folder."""
        if here in self._links:
            return self._links[here]
        links = self._links[here] = {}
        for other in self._plans.values():
            folder = other.template.kind.folder
            path = f"{other.id}.md" if folder == here else f"../{folder}/{other.id}.md"
            reason = None if other.included else other.reason
            links[other.id] = Link(other.template.front.title, path, reason, other.presence)
        return links

    def _problem(
        self, code: str, template: Template, line: int | None, message: str, hint: str | None
    ) -> None:
        self.problems.append(
            Problem(
                code=code,
                severity=Severity.WARNING if code in _DOUBTS else Severity.ERROR,
                location=Location(template.path, line),
                message=message,
                hint=hint,
            )
        )


def _tag_faults(declaration: Declaration, template: Template) -> list[str]:
    """What is wrong with a tag; a document that claims no criterion needs no control either."""
    front = template.front
    if front.primary or front.secondary:
        return list(declaration.faults)
    needless = {f"{name} is missing" for name in ("control", "criteria")}
    return [fault for fault in declaration.faults if fault not in needless]


def _tag_problem(declaration: Declaration, fault: str) -> Problem:
    return Problem(
        code="statement-tag",
        location=declaration.location,
        message=f"statement {declaration.id}: {fault}",
        hint="docs/templates.md shows how a statement is written.",
    )
