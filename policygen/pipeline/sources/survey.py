"""From a folder to everything known about it: sources, rendered set, problems."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from policygen import atomic
from policygen.checks.decisions.exceptions import ended_exceptions
from policygen.checks.decisions.waivers import apply_waivers
from policygen.checks.drift import drift, stale_files
from policygen.checks.run import run_checks
from policygen.history.dates import local_day
from policygen.load.facts import condition_context, resolve_facts
from policygen.load.profile.profile import load_profile
from policygen.load.registries.registries import load_registries
from policygen.load.templates import load_templates
from policygen.pipeline.places import refuse_links
from policygen.pipeline.problem_codes import code_families
from policygen.problems import (
    Location,
    PolicygenError,
    Problem,
    Severity,
    has_errors,
    in_reading_order,
)
from policygen.render.documents import render_documents

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from pathlib import Path

    from policygen.conditions.condition import ConditionContext
    from policygen.model.document import Document, Rendering
    from policygen.model.facts import Facts
    from policygen.model.template import Template
    from policygen.model.waiver import WaiverStanding
    from policygen.render.kept import Kept
    from policygen.yaml.yamlfile import YamlFile

RENDERED = "rendered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A workspace as its sources say it is."""

    root: Path
    facts: Facts
    context: ConditionContext
    templates: tuple[Template, ...]
    rendering: Rendering
    problems: tuple[Problem, ...]
    """Everything wrong with the sources and with `rendered/`, in reading order."""

    waivers: tuple[WaiverStanding, ...] = ()
    """Every waiver of the profile as it stands on the day, in the order of the profile."""

    day: date
    """The day of the survey in the organization's time zone, on which waivers act."""

    def document(self, name: str) -> Document | None:
        """The rendered document with this id; None where the set has none."""
        return next((found for found in self.rendering.documents if found.id == name), None)


def survey(root: Path, *, now: datetime, kept: Kept | None = None) -> Survey:
    """Load, render and check a workspace; writes nothing.

    Only waivers depend on the day: what templates say never does.

    Args:
        root: The workspace.
        now: The moment, by which a waiver acts or has expired.
        kept: What was rendered before, where somebody surveys again and again.

    Raises:
        PolicygenError: The profile or the registries cannot be read, so nothing can be rendered.
    """
    if not (root / "organization.yml").is_file():
        raise PolicygenError(
            Problem(
                code="workspace-missing",
                location=Location(str(root)),
                message="there is no organization.yml here, so this is not a workspace",
                hint="Change into your workspace, name it with -C, or run policygen init DIR.",
            )
        )
    registries, registry_problems = load_registries(root)
    profile, file, profile_problems = load_profile(root)
    problems = [*registry_problems, *profile_problems]
    if profile is None or file is None:
        raise PolicygenError(*in_reading_order(problems))
    facts, fact_problems = resolve_facts(profile, file, registries)
    context = condition_context(facts)
    templates, template_problems = load_templates(root)
    rendering = render_documents(templates, facts, context, kept)
    problems += [*fact_problems, *template_problems, *rendering.problems]
    found = [] if has_errors(rendering.problems) else run_checks(rendering, facts)
    day = day_of(facts, now)
    problems, waivers = _with_waivers(problems, found, rendering, facts, file, day)
    if not has_errors(problems):
        # Text that cannot be rendered cannot be compared: first the sources, then the result.
        problems += drift(rendering.documents, rendered_on_disk(root))
    return Survey(
        root=root,
        facts=facts,
        context=context,
        templates=templates,
        rendering=rendering,
        problems=in_reading_order(problems),
        waivers=waivers,
        day=day,
    )


def day_of(facts: Facts, now: datetime) -> date:
    """The day of a moment, in the organization's time zone."""
    try:
        zone = ZoneInfo(facts.profile.organization.time_zone)
    except (KeyError, ValueError, OSError):
        zone = ZoneInfo("UTC")  # an unknown zone is a problem of the profile already
    return local_day(now, zone)


def _with_waivers(
    sources: Sequence[Problem],
    checked: Sequence[Problem],
    rendering: Rendering,
    facts: Facts,
    file: YamlFile,
    day: date,
) -> tuple[list[Problem], tuple[WaiverStanding, ...]]:
    """Everything found, with what waivers set aside: checks of the text, and any warning."""
    errors = [problem for problem in sources if problem.severity is Severity.ERROR]
    warnings = [problem for problem in sources if problem.severity is not Severity.ERROR]
    warnings += ended_exceptions(
        facts.profile, today=day, place=lambda index: file.location(("exceptions", index))
    )
    applied = apply_waivers(
        [*warnings, *checked],
        facts,
        today=day,
        stated=frozenset(
            row.id
            for document in rendering.documents
            for row in document.record.statements
            if row.applies
        ),
        # Every description of a code is read for it, which no set without waivers needs.
        families=code_families() if facts.profile.waivers else {},
        place=lambda index: file.location(("waivers", index)),
    )
    return [*errors, *applied.problems], applied.standings


def source_problems(found: Survey) -> tuple[Problem, ...]:
    """The problems of the sources, without those that `render` would mend."""
    return tuple(problem for problem in found.problems if not problem.code.startswith("drift-"))


def write_rendered(found: Survey) -> tuple[str, ...]:
    """Bring `rendered/` up to the sources; gives the paths written or removed.

    Raises:
        PolicygenError: The sources have errors, or `rendered/` is a link; nothing is written.
    """
    problems = source_problems(found)
    if has_errors(problems):
        raise PolicygenError(*problems)
    refuse_links(found.root, RENDERED)
    on_disk = rendered_on_disk(found.root)
    changed = []
    for document in found.rendering.documents:
        if on_disk.get(document.path) != document.text.encode():
            atomic.write_text(found.root / document.path, document.text)
            changed.append(document.path)
    for path in stale_files(found.rendering.documents, on_disk):
        (found.root / path).unlink()
        changed.append(path)
    return tuple(changed)


def rendered_on_disk(root: Path) -> dict[str, bytes]:
    """The files under `rendered/`, by path relative to the workspace."""
    folder = root / RENDERED
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*.md"))
        if path.is_file() and not path.is_symlink()
    }
