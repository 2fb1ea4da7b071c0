"""The home page: what applies to me, what changed, what needs attention, quick answers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from policygen.model.document import Kind
from policygen.model.evidence import Decision
from policygen.model.register import Flag, State
from policygen.publish.site import audience
from policygen.publish.site.chrome import (
    HOME,
    KIND_NAMES,
    KIND_PAGES,
    Page,
    attribute,
    link,
    status,
    text,
)
from policygen.publish.site.quick_answers import quick_answers
from policygen.publish.site.states import entry_status
from policygen.words import long_date

if TYPE_CHECKING:
    from datetime import date

    from policygen.model.document import Header
    from policygen.model.publication import Edition
    from policygen.model.register import Entry, Version
    from policygen.publish.site.audience import Choice
    from policygen.publish.site.content import SiteContent

_LATELY = timedelta(days=90)
_CHANGES_SHOWN = 8
_LISTS = ("Read and acknowledge", "Follow when you do the task", "Look things up")


def home_page(content: SiteContent) -> Page:
    """The page that the site opens with."""
    answers = quick_answers(content)
    parts = [
        f"# {text(content.short_name)} policies",
        _lead(content),
        _report_box(content),
        _jump(content, with_answers=bool(answers)),
        "## What applies to me",
        _choice(content),
        *_applies(content),
        *_changes(content),
        "## What needs attention",
        _attention(content),
        *answers,
    ]
    return Page(
        name=HOME,
        body="\n\n".join(part for part in parts if part),
        searched=False,
        hide=("tags", "toc"),
    )


def _lead(content: SiteContent) -> str:
    if content.preview:
        state = "This is a preview of working text. Nothing here is in force."
    else:
        state = f"Every text on this site is in force on {long_date(content.as_of)}."
    return f"The rules of {text(content.organization)} in one place. {state}\n{{: .pg-lead }}"


def _report_box(content: SiteContent) -> str:
    mail = content.contacts.security_mail
    reach = f" The security address is [{text(mail)}](mailto:{attribute(mail)})." if mail else ""
    channel = text(content.contacts.incident_channel)
    return (
        '<div class="pg-report" markdown="1">\n\n'
        f"**Something looks wrong?** Report it at once: **{channel}**. You need not be sure.{reach}"
        "\n\n</div>"
    )


def _jump(content: SiteContent, *, with_answers: bool) -> str:
    links = ["[What applies to me](#what-applies-to-me)"]
    if not content.preview:
        links.append("[What changed lately](#what-changed-lately)")
    links.append("[What needs attention](#what-needs-attention)")
    if with_answers:
        links.append("[Quick answers](#quick-answers)")
    return " ".join(links) + "\n{: .pg-jump }"


def _choice(content: SiteContent) -> str:
    sections = (
        ("Where I work", audience.group_choices(content)),
        ("A role I hold", audience.role_choices(content)),
    )
    options = "".join(_option_group(label, choices) for label, choices in sections if choices)
    return (
        '<div class="pg-choice" data-pg-choice hidden>'
        '<label for="pg-choice">Show documents for</label> '
        '<select id="pg-choice"><option value="">everyone and every role</option>'
        f'<option value="{audience.EVERYONE}">the whole workforce</option>{options}</select> '
        '<span class="pg-choice__count" role="status"></span>'
        '<p class="pg-choice__note">Your choice stays on this device.</p></div>'
    )


def _option_group(label: str, choices: tuple[Choice, ...]) -> str:
    options = "".join(
        f'<option value="{attribute(choice.key)}">{attribute(choice.label)}</option>'
        for choice in choices
    )
    return f'<optgroup label="{label}">{options}</optgroup>'


def _applies(content: SiteContent) -> list[str]:
    shown = sorted(
        content.shown.values(), key=lambda edition: edition.record.header.title.casefold()
    )
    lists: dict[str, list[Edition]] = {title: [] for title in _LISTS}
    for edition in shown:
        lists[_list_of(edition.record.header)].append(edition)
    parts = [
        _document_list(content, title, editions) for title, editions in lists.items() if editions
    ]
    return parts or [f"No document is in force yet. {_kinds_line()}"]


def _list_of(header: Header) -> str:
    sign, task, look = _LISTS
    if header.acknowledge:
        return sign
    return look if header.kind is Kind.REGISTER else task


def _kinds_line() -> str:
    links = ", ".join(link(HOME, KIND_PAGES[kind], KIND_NAMES[kind]) for kind in KIND_PAGES)
    return f"What is being prepared: {links}."


def _document_list(content: SiteContent, title: str, editions: list[Edition]) -> str:
    rows = "\n".join(_document_row(content, edition) for edition in editions)
    return (
        f'<div class="pg-applies" markdown="1">\n\n### {title}\n\n'
        f'<ul class="pg-rows" markdown="1">\n{rows}\n</ul>\n\n</div>'
    )


def _document_row(content: SiteContent, edition: Edition) -> str:
    header = edition.record.header
    entry = content.register.entry(header.id)
    state = entry_status(content, entry) if entry else ""
    selected = attribute("|".join(audience.keys(content, edition)))
    return (
        f'<li class="pg-row" data-for="{selected}" markdown="span">'
        f"{link(HOME, header.path, header.title, classes='pg-row__title')} "
        f'<span class="pg-row__note">For {text(header.audience)}</span> {state}</li>'
    )


def _changes(content: SiteContent) -> list[str]:
    if content.preview:
        return []
    heading = "## What changed lately"
    rows = _coming(content) + _recent(content)
    rows.sort(key=lambda row: row[1])
    rows.sort(key=lambda row: row[0], reverse=True)
    if not rows:
        return [heading, "No document changed in the last three months."]
    lines = [f"- **{long_date(start)}:** {line}" for start, line in rows[:_CHANGES_SHOWN]]
    inner = "\n".join(lines)
    return [heading, f'<div class="pg-news" markdown="1">\n\n{inner}\n\n</div>']


def _recent(content: SiteContent) -> list[tuple[date, str]]:
    rows = []
    for edition in content.shown.values():
        header = edition.record.header
        for line in edition.history:
            if content.as_of - _LATELY < line.effective <= content.as_of:
                what = line.summary or f"{line.significance} version"
                title = link(HOME, header.path, header.title)
                rows.append(
                    (line.effective, f"{title} {text(line.version)} took effect. {_sentence(what)}")
                )
    return rows


def _coming(content: SiteContent) -> list[tuple[date, str]]:
    return [
        (version.effective, f"{_title(content, entry)} {_announcement(version)}.")
        for entry in content.register.entries
        for version in entry.versions
        if version.state is State.APPROVED
    ]


def _announcement(version: Version) -> str:
    if version.decision is Decision.RETIRED:
        return "goes out of force, as approved"
    return f"{text(version.version)} takes effect, as approved"


def _sentence(value: str) -> str:
    words = value.strip()
    return text(words[:1].upper() + words[1:].rstrip(".")) + "."


def _title(content: SiteContent, entry: Entry) -> str:
    edition = content.edition_of(entry)
    if edition is not None:
        return link(HOME, edition.record.header.path, entry.title)
    note = f" {content.absence(entry)}" if entry.id in content.restricted else ""
    return text(entry.title) + note


def _attention(content: SiteContent) -> str:
    groups: dict[str, list[str]] = {}
    for entry in sorted(content.register.entries, key=lambda entry: entry.title.casefold()):
        for reason in _reasons(entry):
            groups.setdefault(reason, []).append(_attention_line(content, entry, reason))
    if not groups:
        return status("effective", "Nothing is overdue, due or waiting for approval.")
    parts = []
    for reason, (shape, heading) in _REASONS.items():
        if reason in groups:
            rows = "\n".join(f"- {line}" for line in groups[reason])
            parts.append(f"{status(shape, f'{heading} ({len(groups[reason])})')}\n\n{rows}")
    return '<div class="pg-attention" markdown="1">\n\n' + "\n\n".join(parts) + "\n\n</div>"


_REASONS = {
    "overdue": ("overdue", "Review overdue"),
    "withdrawn": ("due", "No longer in the set, retirement not approved"),
    "due": ("due", "Review due soon"),
    "approved": ("approved", "Approved, takes effect later"),
    "waiting": ("draft", "Not yet approved"),
    "drifted": ("draft", "A new text waits for approval"),
}
"""Reasons for attention, most urgent first, with shape and heading."""


def _reasons(entry: Entry) -> list[str]:
    if entry.in_force is None:
        if entry.state is State.RETIRED:
            return []
        return ["approved" if entry.state is State.APPROVED else "waiting"]
    flags = (Flag.OVERDUE, Flag.WITHDRAWN, Flag.DUE, Flag.DRIFTED)
    found = [flag.value for flag in flags if flag in entry.flags]
    return [name for name in found if name != "due" or "overdue" not in found]


def _attention_line(content: SiteContent, entry: Entry, reason: str) -> str:
    title = _title(content, entry)
    if reason in ("overdue", "due") and entry.next_review is not None:
        was = "was due" if reason == "overdue" else "due by"
        return f"{title}: {was} {long_date(entry.next_review)}, {text(entry.approver_title)}"
    if reason == "withdrawn" and entry.bound_into is not None:
        whole = content.register.entry(entry.bound_into)
        name = text(whole.title) if whole else text(entry.bound_into)
        return f"{title}: part of {name} now, {text(entry.approver_title)}"
    return f"{title}: {text(entry.approver_title)}"
