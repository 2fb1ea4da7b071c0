from __future__ import annotations

import html
import os
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest
from ruamel.yaml import YAML

from policygen.model.register import State
from policygen.problems import Severity
from policygen.publish import markdown
from policygen.publish.site.build import build_site

if TYPE_CHECKING:
    from tests.publish.site.conftest import Sample, Workspace


class Links(HTMLParser):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.targets: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if values.get("id"):
            self.ids.add(values["id"] or "")
        self.targets += [values[name] or "" for name in ("href", "src") if name in values]


def test_the_site_has_a_page_for_each_source_and_one_for_what_is_not_there(
    built: Workspace,
) -> None:
    sources = {path.relative_to(built.docs).with_suffix("") for path in built.docs.rglob("*.md")}
    pages = {path.relative_to(built.site).with_suffix("") for path in built.site.rglob("*.html")}
    assert pages == sources | {Path("404")}


def test_every_link_leads_to_a_file_and_an_anchor_of_the_site(built: Workspace) -> None:
    pages = {path.resolve(): Links(path) for path in built.site.rglob("*.html")}
    dead = []
    for path, page in pages.items():
        for target in page.targets:
            parts = urlsplit(target)
            if parts.scheme in ("mailto", "https", "data"):
                continue
            file = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not file.is_file():
                dead.append((path.name, target))
            elif parts.fragment and not parts.fragment.startswith("__"):
                found = pages.get(file)
                if found is None or unquote(parts.fragment) not in found.ids:
                    dead.append((path.name, target))
    assert dead == []


def test_mkdocs_on_the_command_line_gives_the_same_files(
    built: Workspace, tmp_path: Path, sample: Sample
) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict"]
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(sample.root),
        "NO_MKDOCS_2_WARNING": "1",
    }
    target = tmp_path / "site"
    subprocess.run(
        [*command, "--site-dir", str(target)], cwd=built.folder, env=environment, check=True
    )
    assert files_of(target) == files_of(built.site)


def test_a_quick_look_leaves_nothing_in_the_search_of_a_later_site(
    workspace: Workspace, sample: Sample, tmp_path: Path
) -> None:
    workspace.build(sample.content)
    index = workspace.site / "search" / "search_index.json"
    searched = index.read_bytes()
    page = workspace.docs / "policies" / "access-control-policy.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nA word more.\n", encoding="utf-8")
    sources = [path.relative_to(workspace.docs).as_posix() for path in workspace.docs.rglob("*.md")]
    quick = build_site(
        workspace.folder, workspace.docs, workspace.site, expected_pages=sources, only_changed=True
    )
    assert quick == ()
    # One process, another site: that of the demonstration after `serve`, say.
    workspace.build(sample.content)
    assert index.read_bytes() == searched


def test_a_second_build_sees_what_changed_in_the_theme_of_the_workspace(
    workspace: Workspace, sample: Sample
) -> None:
    workspace.build(sample.content)
    theme = workspace.folder / "overrides" / "site"
    template = theme / "main.html"
    template.write_text(template.read_text().replace("{% endblock %}", "tapir{% endblock %}", 1))
    (theme / "assets" / "added.js").write_text("0;\n")
    (theme / "assets" / ".hidden.js").write_text("0;\n")
    site = workspace.build(sample.content)
    assert "tapir" in (site / "index.html").read_text()
    assert (site / "assets" / "added.js").is_file()
    assert not (site / "assets" / ".hidden.js").exists()
    (theme / "assets" / "added.js").unlink()
    assert not (workspace.build(sample.content) / "assets" / "added.js").exists()


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        # A gzip file carries the day on which it was packed.
        if path.is_file() and path.name != "sitemap.xml.gz"
    }


def test_text_that_was_never_approved_is_in_no_file(built: Workspace, sample: Sample) -> None:
    for name, text in built.texts().items():
        assert "zebra" not in text.lower(), name
    assert "Customer Access Policy" in (built.site / "policies.html").read_text()
    assert "Not yet approved" in (built.site / "policies.html").read_text()
    assert sample.hidden_sentence.startswith("Unreleased")


def test_no_mail_address_of_a_person_is_in_any_file(built: Workspace, sample: Sample) -> None:
    for name, text in built.texts().items():
        assert sample.mail_canary not in text, name
        found = set(re.findall(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", text)) - {
            "security@northwind.example"
        }
        assert not {mail for mail in found if mail.endswith(".example")}, name


def test_a_link_to_a_document_not_in_force_reads_as_text(built: Workspace) -> None:
    page = (built.site / "policies/access-control-policy.html").read_text()
    assert "Customer Access Policy (not yet in force)" in page
    assert "customer-access-policy.html" not in page


def test_a_link_to_a_retired_document_says_that_it_is_no_longer_in_force(
    sample: Sample, workspace: Workspace
) -> None:
    register = sample.content.register
    entries = tuple(
        replace(entry, state=State.RETIRED) if entry.id == "customer-access-policy" else entry
        for entry in register.entries
    )
    content = replace(sample.content, register=replace(register, entries=entries))
    site = workspace.build(content)
    page = (site / "policies/access-control-policy.html").read_text()
    assert page.count("Customer Access Policy (no longer in force)") == 2


def test_a_preview_says_draft_on_every_page_and_offers_no_sealed_file(
    sample: Sample, workspace: Workspace
) -> None:
    site = workspace.build(sample.preview)
    for path in site.rglob("*.html"):
        assert "DRAFT" in path.read_text(), path.name
    assert not list(site.rglob("*.pdf"))
    page = (site / "policies/customer-access-policy.html").read_text()
    assert sample.hidden_sentence in page
    assert "In force since" not in page


def test_a_site_in_force_says_draft_nowhere(built: Workspace) -> None:
    for path in built.site.rglob("*.html"):
        assert "DRAFT" not in path.read_text(), path.name


def test_a_card_states_what_the_consents_fixed(built: Workspace) -> None:
    page = plain((built.site / "policies/access-control-policy.html").read_text())
    for fact in (
        "In force Version 2.0 In force since 2 November 2026 Next review 2 November 2027",
        "Owner security officer Approver engineering lead Classification Internal",
        "For all workforce, who must acknowledge it Criteria CC6.1 CC6.2 CC6.3",
        "Dana Whitfield, Engineering lead, 2026-10-28 16:04 CET: A3, own enrolled key",
    ):
        assert fact in page


def test_the_card_stands_directly_below_the_title(built: Workspace) -> None:
    page = (built.site / "policies/access-control-policy.html").read_text()
    assert re.search(r"</h1>\s*<div class=\"pg-card\">", page)


def test_a_problem_report_names_document_and_version(built: Workspace) -> None:
    page = (built.site / "policies/access-control-policy.html").read_text()
    assert "mailto:security@northwind.example?subject=access-control-policy%202.0%3A%20" in page


def plain(page: str) -> str:
    article = page.partition("<article")[2].partition("</article>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", article)).split())


def test_a_dead_link_is_a_problem_and_the_old_site_stays(
    sample: Sample, workspace: Workspace
) -> None:
    workspace.build(sample.content)
    before = files_of(workspace.site)
    pages = workspace.write(
        sample.worded("vendors-register", "## Vendors\n\nSee the [plan](../policies/plan.md).\n")
    )
    problems = build_site(workspace.folder, workspace.docs, workspace.site, expected_pages=pages)
    [problem] = problems
    assert (problem.code, str(problem.location)) == (
        "site-dead-link",
        "registers/vendors-register.md",
    )
    assert files_of(workspace.site) == before


def test_a_heading_that_is_gone_is_told_and_stops_nothing(
    sample: Sample, workspace: Workspace
) -> None:
    body = "## Vendors\n\nSee [there](../policies/access-control-policy.md#gone).\n"
    pages = workspace.write(sample.worded("vendors-register", body))
    problems = build_site(workspace.folder, workspace.docs, workspace.site, expected_pages=pages)
    assert [(problem.code, problem.severity) for problem in problems] == [
        ("site-dead-anchor", Severity.WARNING)
    ]
    assert (workspace.site / "registers/vendors-register.html").is_file()


def test_a_complaint_of_mkdocs_about_its_settings_is_a_problem(
    sample: Sample, workspace: Workspace
) -> None:
    settings = workspace.folder / "mkdocs.yml"
    settings.write_text(settings.read_text().replace("nav:\n", "nav:\n  - Gone: gone.md\n"))
    pages = workspace.write(sample.content)
    [problem] = build_site(workspace.folder, workspace.docs, workspace.site, expected_pages=pages)
    assert problem.code == "site-warning"
    assert "gone.md" in problem.message


def test_a_sealed_file_that_was_not_built_is_a_dead_link(
    sample: Sample, workspace: Workspace
) -> None:
    pages = workspace.write(sample.content)
    (workspace.docs / "pdf/access-control-policy-2.0.pdf").unlink()
    problems = build_site(workspace.folder, workspace.docs, workspace.site, expected_pages=pages)
    assert {problem.code for problem in problems} == {"site-dead-link"}


def test_settings_that_leave_pages_out_are_noticed(sample: Sample, workspace: Workspace) -> None:
    settings = workspace.folder / "mkdocs.yml"
    settings.write_text(
        settings.read_text() + "exclude_docs: |\n  /registers/vendors-register.md\n"
    )
    content = replace(sample.content, editions={
        name: edition for name, edition in sample.content.editions.items()
        if name in ("vendors-register", "systems-register")
    }, matrix=replace(sample.content.matrix, criteria=(), controls=()))  # fmt: skip
    pages = workspace.write(content)
    problems = build_site(workspace.folder, workspace.docs, workspace.site, expected_pages=pages)
    assert "site-pages-missing" in {problem.code for problem in problems} or all(
        problem.code == "site-dead-link" for problem in problems
    )
    assert problems
    assert not workspace.site.exists()


def test_a_page_that_a_builder_swallowed_is_named(sample: Sample, workspace: Workspace) -> None:
    pages = (*workspace.write(sample.content), "policies/swallowed.md")
    problems = build_site(workspace.folder, workspace.docs, workspace.site, expected_pages=pages)
    [problem] = problems
    assert problem.code == "site-pages-missing"
    assert "policies/swallowed.md" in problem.message


def test_settings_before_the_first_build_are_a_problem_not_a_crash(workspace: Workspace) -> None:
    problems = build_site(workspace.folder, workspace.docs, workspace.site, expected_pages=())
    assert [problem.code for problem in problems] == ["site-settings"]


def test_a_swap_cut_short_is_put_right_by_the_next_build(
    sample: Sample, workspace: Workspace
) -> None:
    workspace.build(sample.content)
    before = files_of(workspace.site)
    workspace.site.rename(workspace.site.parent / ".site.previous")
    pages = (*workspace.write(sample.content), "policies/swallowed.md")
    build_site(workspace.folder, workspace.docs, workspace.site, expected_pages=pages)
    assert files_of(workspace.site) == before


def test_a_build_leaves_no_temporary_folder(sample: Sample, workspace: Workspace) -> None:
    workspace.build(sample.content)
    workspace.build(sample.content)
    assert sorted(path.name for path in workspace.site.parent.iterdir()) == ["docs", "site"]


def test_the_settings_name_the_same_markdown_as_the_package(sample: Sample) -> None:
    settings = YAML(typ="rt").load((sample.root / "mkdocs.yml").read_text())
    named = [
        next(iter(row)) if isinstance(row, dict) else row for row in settings["markdown_extensions"]
    ]
    assert tuple(named) == markdown.TEXT_EXTENSIONS + markdown.CHROME_EXTENSIONS


def test_the_settings_state_no_fact_about_an_organization(sample: Sample) -> None:
    settings = YAML(typ="rt").load((sample.root / "mkdocs.yml").read_text())
    assert not {"site_name", "site_url", "site_author", "copyright", "repo_url"} & set(settings)
    assert [next(iter(row)) if isinstance(row, dict) else row for row in settings["plugins"]] == [
        "search",
        "tags",
        "offline",
    ]


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("index.html", "Review overdue (1) Access Review Procedure : was due 1 September 2026"),
        ("index.html", "2 November 2026: Access Control Policy 2.0 took effect."),
        ("index.html", "How do I report an incident? Everybody SHALL report"),
        ("calendar.html", "Overdue"),
        ("criteria.html", "Met by a subservice organization Harbour Cloud, report reviewed on"),
        ("controls.html", "1 statement stands in texts that are not yet in force."),
        ("statements.html", "A request SHALL name: the system and the role in it; the reason,"),
        ("statements.html", "AC-40 Does not apply: no vendor has an account of ours"),
        ("verify.html", "5e" * 32),
    ],
)
def test_a_list_says_what_its_readers_came_for(built: Workspace, page: str, words: str) -> None:
    assert words in plain((built.site / page).read_text())


def test_a_new_version_shows_the_words_that_changed(built: Workspace) -> None:
    page = (built.site / "policies/access-control-policy.html").read_text()
    assert "What changed since version 1.0" in page
    assert "within <del>48</del><ins>24</ins> hours of the end of engagement" in page
