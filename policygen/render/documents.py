"""Templates to documents: a pure function of templates and facts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jinja2 import Template as JinjaTemplate
from jinja2 import TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError

from policygen import dialect
from policygen.model.document import Declaration, Document, Header, Rendering, Statement
from policygen.problems import Location, PolicygenError, Problem
from policygen.record_text import read_record, write_record
from policygen.render.environment import make_environment
from policygen.render.names import NameCheck, TokenPositions
from policygen.render.namespace import Namespace, shapes
from policygen.render.plan import Planner
from policygen.render.statements import Collector, StatementExtension

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import nodes
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    from policygen.condition import ConditionContext
    from policygen.model.facts import Facts
    from policygen.model.template import DocumentPlan, Template

_TRAILING_SPACE = re.compile(r"[ \t]+\n")
_BLANK_LINES = re.compile(r"\n{3,}")
_DOUBLE_SPACE = re.compile(r"(?<=[^\s|])  +(?=[^\s|])")


def render_documents(
    templates: Sequence[Template], facts: Facts, context: ConditionContext
) -> Rendering:
    """Fill in every template for one organization.

    The same templates and facts give the same text on every machine: there is no clock, no
    folder and no randomness here. All templates are checked; only included ones are filled in.
    """
    planner = Planner(facts, context)
    plans, problems = planner.plan(templates)
    renderer = _Renderer(facts, plans, planner)
    documents = tuple(
        document for plan in plans if (document := renderer.document(plan)) is not None
    )
    return Rendering(
        documents=documents,
        plans=plans,
        declared=tuple(renderer.declared),
        problems=(*problems, *renderer.problems),
    )


class _Renderer:
    def __init__(self, facts: Facts, plans: Sequence[DocumentPlan], planner: Planner) -> None:
        self._facts = facts
        self._plans = {plan.id: plan for plan in plans}
        self._planner = planner
        self._namespace = Namespace(facts, plans)
        self._shapes = shapes(facts)
        self.problems: list[Problem] = []
        self.declared: list[Declaration] = []

    def document(self, plan: DocumentPlan) -> Document | None:
        """The document of one template; None where it is left out or cannot be filled in."""
        template = plan.template
        environment = make_environment(self._links(plan))
        source = _without_front_matter(template)
        extension = environment.extensions[StatementExtension.identifier]
        assert isinstance(extension, StatementExtension)
        try:
            tree = environment.parse(source, filename=template.path)
        except TemplateSyntaxError as error:
            self._problem("template-syntax", template, error.lineno, str(error.message), None)
            return None
        except RecursionError:
            self._problem("template-syntax", template, 1, "the template is nested too deeply", None)
            return None
        declarations = extension.declarations
        check = self._check_names(template, environment, source, tree)
        self._check_declarations(declarations)
        if check.problems or not plan.included:
            return None
        collector = Collector(holds=self._planner.holds)
        names = {**self._namespace.names(plan.variant), "_collector": collector}
        try:
            code = environment.compile(tree)
            filled = JinjaTemplate.from_code(environment, code, {}).render(names)
        except (UndefinedError, SecurityError, TypeError, ValueError) as error:
            self._problem("render-failed", template, None, f"cannot be filled in: {error}", None)
            return None
        for line, fault, message, hint in collector.faults:
            self._problem(fault, template, line, message, hint)
        return self._finish(plan, filled, collector, declarations, frozenset(check.parameters))

    def _check_names(
        self,
        template: Template,
        environment: ImmutableSandboxedEnvironment,
        source: str,
        tree: nodes.Template,
    ) -> NameCheck:
        check = NameCheck(
            path=template.path,
            namespace=self._shapes,
            documents=self._plans,
            positions=TokenPositions(template.path, source, environment),
        )
        check.template(tree)
        self.problems += check.problems
        for document in sorted(check.linked):
            target = self._plans[document]
            if not target.included and self._plans[template.front.id].included:
                self._problem(
                    "link-excluded-document",
                    template,
                    None,
                    f"{document} is linked but left out: {target.reason}",
                    "Guard the link with the same condition.",
                )
        return check

    def _check_declarations(self, declarations: list[Declaration]) -> None:
        self.declared += declarations
        for declaration in declarations:
            for fault in declaration.faults:
                self.problems.append(
                    Problem(
                        code="statement-tag",
                        location=declaration.location,
                        message=f"statement {declaration.id}: {fault}",
                        hint="docs/templates.md shows how a statement is written.",
                    )
                )

    def _finish(
        self,
        plan: DocumentPlan,
        filled: str,
        collector: Collector,
        declarations: list[Declaration],
        parameters: frozenset[str],
    ) -> Document | None:
        header = self._header(plan)
        statements = [self._statement(plan, row, collector) for row in declarations]
        text = write_record(header, tidy(filled), statements)
        template = plan.template
        try:
            record = read_record(text, f"rendered/{header.path}")
        except PolicygenError as error:
            self.problems += error.problems
            return None
        return Document(
            record=record,
            text=text,
            template=template.path,
            statement_locations={row.id: row.location for row in declarations},
            parameters=parameters,
            retired=dict(template.front.retired),
        )

    def _statement(self, plan: DocumentPlan, row: Declaration, collector: Collector) -> Statement:
        applies = row in collector.applied
        attributes = row.attributes
        return Statement(
            id=row.id,
            document=plan.id,
            text="",
            control=attributes.get("control", ""),
            criteria=tuple(attributes.get("criteria", "").split()),
            owner=self._namespace.role_title(attributes.get("owner", "")),
            evidence=attributes.get("evidence", ""),
            not_applicable=None if applies else attributes.get("otherwise", "not applicable"),
        )

    def _header(self, plan: DocumentPlan) -> Header:
        front = plan.template.front
        organization = self._facts.profile.organization
        related = [name for name in front.related if self._is_included(name)]
        return Header(
            id=front.id,
            title=front.title,
            kind=plan.template.kind,
            organization=organization.legal_name,
            short_name=organization.short_name,
            owner=plan.owner,
            owner_title=self._namespace.role_title(plan.owner),
            approver=plan.approver,
            approver_title=self._namespace.role_title(plan.approver) if plan.approver else None,
            classification=front.classification,
            review_months=plan.review_months,
            audience=front.audience,
            acknowledge=front.acknowledge,
            criteria=(*plan.primary, *plan.secondary),
            primary=plan.primary,
            related=tuple(related),
        )

    def _is_included(self, document: str) -> bool:
        return document in self._plans and self._plans[document].included

    def _links(self, plan: DocumentPlan) -> dict[str, tuple[str, str]]:
        """Title and relative path of each document, as seen from this one."""
        here = plan.template.kind.folder
        links = {}
        for other in self._plans.values():
            folder = other.template.kind.folder
            path = f"{other.id}.md" if folder == here else f"../{folder}/{other.id}.md"
            links[other.id] = (other.template.front.title, path)
        return links

    def _problem(
        self, code: str, template: Template, line: int | None, message: str, hint: str | None
    ) -> None:
        self.problems.append(
            Problem(code=code, location=Location(template.path, line), message=message, hint=hint)
        )


def tidy(text: str) -> str:
    """The filled-in text with one blank line between blocks and no empty section."""
    lines = _TRAILING_SPACE.sub("\n", text.strip() + "\n")
    single = "\n".join(
        line if line.startswith("    ") else _DOUBLE_SPACE.sub(" ", line)
        for line in lines.split("\n")
    )
    return _without_empty_sections(_BLANK_LINES.sub("\n\n", single)).strip() + "\n"


def _without_empty_sections(text: str) -> str:
    """Drop headings under which nothing is left after conditions were applied."""
    blocks = [block for _, block in dialect.paragraphs(text)]
    kept: list[str] = []
    for block in reversed(blocks):
        found = dialect.heading(block) if "\n" not in block else None
        if found is not None:
            following = dialect.heading(kept[-1]) if kept else (0, "")
            if following is not None and following[0] <= found[0]:
                continue
        kept.append(block)
    return "\n\n".join(reversed(kept)) + "\n"


def _without_front_matter(template: Template) -> str:
    """The template with its front matter blanked, so that lines keep their number."""
    lines = template.text.split("\n")
    return "\n".join(
        "" if number < template.body_line else line for number, line in enumerate(lines, start=1)
    )
