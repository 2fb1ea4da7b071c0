"""The matrix: criteria with their controls and documents, controls with their statements."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from policygen import words
from policygen.model.matrix import Coverage
from policygen.publish.site.chrome import (
    CONTROLS,
    CRITERIA,
    CROSSWALK,
    Page,
    control_chip,
    link,
    row_anchor,
    table,
    text,
)
from policygen.publish.site.content import RESTRICTED
from policygen.publish.site.document_text import criterion_chips, evidence_of
from policygen.publish.site.list_pages import statement_line
from policygen.publish.site.states import COVERAGE_WORDS, coverage_status
from policygen.text import dialect

if TYPE_CHECKING:
    from collections.abc import Iterable

    from policygen.model.document import Statement
    from policygen.model.matrix import ControlRow, CriterionRow, StatementRow
    from policygen.model.publication import Edition
    from policygen.publish.site.content import SiteContent

_FAMILIES = {
    "GOV": "Governance", "POL": "Policies", "HR": "People", "TRN": "Training",
    "COM": "Communication", "RSK": "Risk", "MON": "Monitoring", "ACC": "Access",
    "CRY": "Encryption", "AST": "Assets", "EPT": "Devices", "NET": "Networks", "PHY": "Sites",
    "ENV": "Power, cooling and fire", "CFG": "Configuration", "CHG": "Changes",
    "SDL": "Development", "VUL": "Vulnerabilities", "LOG": "Logs", "INC": "Incidents",
    "BCP": "Continuity", "BKP": "Backups", "DRP": "Recovery", "VEN": "Vendors",
    "AVL": "Availability", "CNF": "Confidentiality", "PIN": "Processing integrity",
    "PRI": "Privacy",
}  # fmt: skip
"""Families of controls by the letters of their ids; others go by the letters."""

_OUTSIDE = (Coverage.OUT_OF_SCOPE, Coverage.NOT_APPLICABLE)


def criteria_page(content: SiteContent) -> Page:
    """The matrix by criterion."""
    parts = [
        "# Criteria",
        "The Trust Services Criteria, with the controls and documents that serve each; "
        f"titles are our own words. {link(CRITERIA, CROSSWALK, 'The crosswalk')} names the ids of "
        "other standards.\n{: .pg-lead }",
        _summary(row.coverage for row in content.matrix.criteria),
    ]
    categories = dict.fromkeys(row.criterion.category for row in content.matrix.criteria)
    for category in categories:
        name = category.replace("_", " ").capitalize()
        rows = [
            _criterion_row(content, row)
            for row in content.matrix.criteria
            if row.criterion.category == category
        ]
        head = ("Criterion", "Title", "Coverage", "Controls", "Documents")
        parts += [f"## {text(name)}", table(head, rows, label=f"Criteria, {name}", look="criteria")]
    return Page(name=CRITERIA, body="\n\n".join(parts), searched=False, hide=("tags", "toc"))


def _criterion_row(content: SiteContent, row: CriterionRow) -> tuple[str, ...]:
    titles = content.control_titles
    controls = " ".join(control_chip(CRITERIA, name, titles.get(name, "")) for name in row.controls)
    documents = [f"**{_document(content, name)}**" for name in row.primary]
    documents += [_document(content, name) for name in row.secondary]
    return (
        row_anchor(row.criterion.id),
        text(row.criterion.title),
        coverage_status(row.coverage) + (f" {_reason(row.reason)}" if row.reason else ""),
        controls,
        ", ".join(documents),
    )


def _document(content: SiteContent, name: str) -> str:
    edition = content.shown.get(name)
    if edition is not None:
        header = edition.record.header
        return link(CRITERIA, header.path, header.title)
    entry = content.register.entry(name)
    return f"{text(entry.title)} {content.absence(entry)}" if entry else text(name)


def controls_page(content: SiteContent) -> Page:
    """The matrix by control, with the statements beneath."""
    parts = [
        "# Controls",
        "What an auditor tests. Each control is carried by statements of the documents."
        "\n{: .pg-lead }",
        _summary(row.coverage for row in content.matrix.controls),
    ]
    if content.matrix.conflicts:
        parts += ["## Conflicting duties", _conflicts(content)]
    families: dict[str, list[ControlRow]] = {}
    for row in content.matrix.controls:
        families.setdefault(row.control.id.partition("-")[0], []).append(row)
    for family, rows in families.items():
        parts.append(f"## {text(_FAMILIES.get(family, family))}")
        parts += [_control(content, row) for row in rows]
    return Page(name=CONTROLS, body="\n\n".join(parts), searched=False)


def _conflicts(content: SiteContent) -> str:
    titles = content.control_titles
    rows = [
        (
            text(words.join_words(row.titles, "and")),
            text(row.why),
            coverage_status(row.coverage) + f" {_reason(row.note)}",
            control_chip(CONTROLS, row.control, titles.get(row.control, "")),
        )
        for row in content.matrix.conflicts
    ]
    head = ("Duties of", "What one person could do", "State", "Control")
    return table(head, rows, label="Duties that one person should not carry together")


def _control(content: SiteContent, row: ControlRow) -> str:
    control = row.control
    anchor = dialect.slug(control.id)
    lines = [
        f'<div class="pg-control" id="{anchor}" markdown="1">',
        f"### {text(control.id)} {text(control.title)}",
        f"{coverage_status(row.coverage)} {_reason(row.reason) if row.reason else ''}".strip(),
    ]
    if row.coverage not in _OUTSIDE:
        key = "Key control. " if control.key else ""
        chips = criterion_chips(content.criterion_titles, CONTROLS, control.criteria)
        lines += [
            text(control.description),
            f"{key}Owner: {text(row.owner_title)}. Done {text(row.frequency)}. "
            f"{chips}\n{{: .pg-chips }}",
            _statements(content, row.statements),
        ]
    return "\n\n".join([*(line for line in lines if line), "</div>"])


def _statements(content: SiteContent, rows: tuple[StatementRow, ...]) -> str:
    """Shown statements as a list, restricted ones by id, and how many others wait."""
    lines = []
    waiting = 0
    for row in rows:
        found = _shown(content, row.statement)
        if _is_withheld(content, row.statement):
            if row.statement.applies:
                lines.append(f"- **{text(row.statement.id)}** {RESTRICTED}")
            continue
        if found is None:
            waiting += row.statement.applies
            continue
        edition, statement = found
        target = f"{edition.record.header.path}#{dialect.slug(statement.id)}"
        body = statement_line(content, edition, statement).replace("\\|", "&#124;")
        name = link(CONTROLS, target, statement.id, classes="pg-row-id")
        aside = f" {_reason(row.reason)}" if row.reason else ""
        lines.append(f"- {name} {body} {evidence_of(statement)}{aside}")
    if waiting:
        noun = "statement stands" if waiting == 1 else "statements stand"
        lines.append(f"- {waiting} {noun} in texts that are not yet in force.")
    return "\n".join(lines) or "- No statement stands under it."


def _is_withheld(content: SiteContent, statement: Statement) -> bool:
    """Whether the statement stands in the restricted edition; working text only counts."""
    edition = content.editions.get(statement.document)
    if edition is None or statement.document not in content.restricted:
        return False
    return any(row.id == statement.id for row in edition.record.statements)


def _shown(content: SiteContent, statement: Statement) -> tuple[Edition, Statement] | None:
    """The statement as the shown text has it; the matrix may know working text as well."""
    edition = content.shown.get(statement.document)
    if edition is None:
        return None
    found = (row for row in edition.record.statements if row.id == statement.id and row.applies)
    same = next(found, None)
    return (edition, same) if same else None


def _reason(reason: str) -> str:
    return f'<span class="pg-meta">{text(reason)}</span>'


def _summary(coverages: Iterable[Coverage]) -> str:
    counts = Counter(coverages)
    items = [
        f"- {coverage_status(coverage)} {counts[coverage]}"
        for coverage in COVERAGE_WORDS
        if counts[coverage]
    ]
    inner = "\n".join(items)
    return f'<div class="pg-summary" markdown="1">\n\n{inner}\n\n</div>' if items else ""
