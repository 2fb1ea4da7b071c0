from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from policygen.publish.site.build import build_site
from policygen.publish.site.content import Contacts, SiteContent

if TYPE_CHECKING:
    from pathlib import Path

    from tests.publish.site.conftest import Sample, Workspace

VALUES = (
    "</title><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "](javascript:alert(1)) [x](https://evil.example)",
    "# Heading\n\n## Another\n\n- list",
    "{: onclick=alert(1) } { #main .x onfocus=alert(1) }",
    "<https://evil.example> **bold** `code` | cell | &lt;script&gt; &#60;b&#62;",
    "![x](https://evil.example/pixel.png)",
    "*[MFA]: hostile\n\n[^1]: note",
    "{% raw %}{{ config.site_name }} {# x #}",
    "</div></article><iframe src=//evil.example>",
)
PAGES = ("index.html", "policies.html", "policies/access-control-policy.html", "criteria.html",
         "controls.html", "statements.html", "calendar.html", "parameters.html",
         "roles.html", "verify.html")  # fmt: skip


class Structure(HTMLParser):
    """What could act on a page, and what its outline is."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: dict[str, int] = {}
        self.handlers: list[str] = []
        self.addresses: list[str] = []
        self.headings: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self.headings.append(tag)


def outline(structure: Structure) -> tuple[object, ...]:
    acting = ("script", "iframe", "img", "object", "embed", "form", "style", "em", "code", "ul")
    return (structure.headings, [structure.tags.get(tag, 0) for tag in acting])


def assert_harmless(site: Path) -> None:
    for path in site.rglob("*.html"):
        page = Structure(path)
        assert not page.handlers, path
        for address in page.addresses:
            assert not address.replace("\n", "").lower().startswith("javascript"), path
            assert "evil.example" not in address, path


@pytest.mark.parametrize("value", VALUES)
def test_a_title_is_only_ever_characters(
    sample: Sample, workspace: Workspace, built: Workspace, value: str
) -> None:
    site = workspace.build(sample.titled("access-control-policy", " ".join(value.split())))
    assert_harmless(site)
    for name in PAGES:
        assert outline(Structure(site / name)) == outline(Structure(built.site / name)), name


@pytest.mark.parametrize("value", VALUES)
def test_names_and_words_of_the_profile_are_only_ever_characters(
    sample: Sample, workspace: Workspace, built: Workspace, value: str
) -> None:
    site = workspace.build(poisoned(sample.content, value))
    assert_harmless(site)
    for name in PAGES:
        page, before = Structure(site / name), Structure(built.site / name)
        assert outline(page) == outline(before), name


def poisoned(content: SiteContent, value: str) -> SiteContent:
    """The content with one value in every place that a profile or a person fills."""
    editions = {
        name: replace(
            edition,
            history=tuple(
                replace(line, summary=value, approved_by=value) for line in edition.history
            ),
            approvals=tuple(
                replace(line, name=value, role=value, note=value) for line in edition.approvals
            ),
        )
        for name, edition in content.editions.items()
    }
    entries = tuple(replace(entry, approver_title=value) for entry in content.register.entries)
    criteria = tuple(
        replace(row, reason=value if row.reason else None,
                criterion=replace(row.criterion, title=value))
        for row in content.matrix.criteria
    )  # fmt: skip
    controls = tuple(
        replace(row, owner_title=value, reason=value if row.reason else None,
                control=replace(row.control, title=value, description=value))
        for row in content.matrix.controls
    )  # fmt: skip
    return replace(
        content,
        organization=value,
        short_name=value,
        time_zone=value,
        editions=editions,
        register=replace(content.register, entries=entries),
        matrix=replace(content.matrix, criteria=criteria, controls=controls),
        contacts=Contacts(incident_channel=value, security_mail="security@northwind.example"),
        glossary={**content.glossary, value: "term", "account": value},
        roles=(*content.roles, value),
        reviews=tuple(
            replace(row, title=value, owner=replace(row.owner, title=value),
                    approver=replace(row.approver, title=value))
            for row in content.reviews
        ),
        parameters=tuple(
            replace(row, value=value, default=value,
                    bound=value, rationale=value, source=value)
            for row in content.parameters
        ),
        role_rows=tuple(
            replace(row, holder=value, remark=value) for row in content.role_rows
        ),
    )  # fmt: skip


BODIES = (
    "<script>alert(1)</script>",
    "Text <img src=x onerror=alert(1)> and <b onclick=alert(1)>b</b>",
    "text `code\n<script>alert(1)</script>\n` more",
    "```\n<script>alert(1)</script>",
    "    ```\n<script>alert(1)</script>\n    ```",
    "- item\n\n    ```\n    ok\n<script>alert(1)</script>\n    ```",
    " ``` { onclick=alert(1) }\n <script>alert(1)</script>\n ```",
    "   ~~~ x y=z\n   <script>alert(1)</script>\n   ~~~",
    "> ```\n> <script>alert(1)</script>\n> ```",
    "> <script>alert(1)</script>",
    "<!-- <script>alert(1)</script> -->",
    "<?php <script>alert(1)</script> ?>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "[x](javascript:alert(1)) [y](JaVaScRiPt&#58;alert(1)) [z](java&#9;script:alert(1))",
    "[a [b] c](javascript:alert(1)) [x]( javascript:alert(1) \"t\")",
    "[x](data:text/html,<script>alert(1)</script>) [y](vbscript:x) [z](//evil.example/x)",
    "[x](&#x6A;avascript:alert(1)) [y](javascript\\:alert(1)) [y](\njavascript:alert(1))",
    "[x]\n\n[x]: javascript:alert(1)",
    "[x]\n\n[x]:\n    javascript:alert(1)",
    "[x]\n\n[x]: <javascript:alert(1)>",
    "![pixel](https://evil.example/p.png) ![pixel][p]\n\n[p]: https://evil.example/p.png",
    "<javascript:alert(1)> <https://evil.example>",
    "paragraph\n{: onclick=alert(1) #main }",
    "### Heading { onclick=alert(1) }",
    "*emphasis*{ onclick=alert(1) }",
    "*[policy]: <script>alert(1)</script>",
    "text[^1]\n\n[^1]: <script>alert(1)</script>",
    "| a |\n| --- |\n| <script>alert(1)</script> [x](javascript:alert(1)) { onclick=x } |",
    "</div></article><script>alert(1)</script>",
    "<div markdown=\"1\" onclick=\"alert(1)\">x</div>",
    "**AC-05** Statement SHALL <script>alert(1)</script>\n{: onclick=alert(1) }",
)  # fmt: skip


@pytest.mark.parametrize("body", BODIES)
def test_markup_in_a_text_of_record_is_shown_and_never_acts(
    sample: Sample, workspace: Workspace, built: Workspace, body: str
) -> None:
    content = sample.worded("vendors-register", f"## Vendors\n\n{body}\n")
    # The other documents would only take time.
    content = replace(
        content, editions={name: content.editions[name] for name in ("vendors-register",)}
    )
    pages = workspace.write(content)
    problems = build_site(workspace.folder, workspace.docs, workspace.site, expected_pages=pages)
    # A strange address may be a dead link, and then nothing is published at all.
    if problems:
        assert {problem.code for problem in problems} == {"site-dead-link"}
        assert not workspace.site.exists()
        return
    page = Structure(workspace.site / "registers/vendors-register.html")
    before = Structure(built.site / "registers/vendors-register.html")
    for tag in ("script", "iframe", "img"):
        assert page.tags.get(tag, 0) == before.tags.get(tag, 0)
    for address in page.addresses:
        assert "script:" not in address.lower().replace("\t", ""), address
    assert not page.handlers
    assert not [address for address in page.addresses if address.startswith("//")]


def test_code_in_a_text_of_record_keeps_its_characters(
    sample: Sample, workspace: Workspace
) -> None:
    body = (
        "## Vendors\n\nUse `<tag>` and `{x}`.\n\n```\n<a> {b}\n```\n\n"
        "- item\n\n    ```\n    <c>\n\n    {d}\n    ```\n"
    )
    site = workspace.build(sample.worded("vendors-register", body))
    page = (site / "registers/vendors-register.html").read_text()
    assert "<code>&lt;tag&gt;</code>" in page
    assert "<code>{x}</code>" in page
    assert "<code>&lt;a&gt; {b}</code>" in page
    assert "<code>&lt;c&gt;\n\n{d}</code>" in page


def test_markup_in_an_earlier_version_is_shown_and_never_acts(
    sample: Sample, workspace: Workspace
) -> None:
    """The redline shows text that is no longer in force, and shows it as characters."""
    body = "\n\n".join((*BODIES[:10], "**AC-12** IT SHALL disable access."))
    earlier = sample.worded("access-control-policy", body).editions["access-control-policy"].record
    entry = sample.content.register.entries[0]
    versions = (replace(entry.versions[0], text=earlier), *entry.versions[1:])
    entries = (replace(entry, versions=versions), *sample.content.register.entries[1:])
    register = replace(sample.content.register, entries=entries)
    site = workspace.build(replace(sample.content, register=register))
    page = (site / "policies/access-control-policy.html").read_text()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.partition("pg-redline")[2]
    assert_harmless(site)
