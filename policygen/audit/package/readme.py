"""The first page of a package: what it is, what is wrong with it, how to check it, whom to ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen import words
from policygen.text.dialect import escape

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from policygen.audit.package.manifest import GapLine, IndexLine
    from policygen.model.window import Window

SHOWN_GAPS = 40
"""More are in the register of documents only."""

CONTENTS = (
    ("policies/", "sealed PDFs of the policies in force in the window"),
    ("procedures/", "sealed PDFs of the procedures in force in the window"),
    ("registers/", "sealed PDFs of the registers in force in the window"),
    ("policy-manual.pdf", "all of them in one file, as of the last day; not sealed"),
    ("index/", "register of documents, criteria coverage, control matrix, parameters"),
    ("approvals/", "every consent: who, when, under which role, how strong"),
    ("reviews/", "every review that was due: done, late or missing"),
    ("changes/", "what took effect in the window, with redlines"),
    ("exceptions/", "waivers and exceptions that ran in the window"),
    ("forge/", "rules of the forge as recorded, and spans without a recording"),
    ("system/", "roles, systems, vendors, subservice organizations, duties of customers"),
    ("requests/", "typical requests, and the files that answer them"),
    ("insurance/", "answers to an insurer's questions, each to be confirmed"),
    ("crosswalk/", "criteria beside other frameworks, by id"),
    ("interchange/", "files for other tools"),
    ("evidence/", "approved texts, consents, signatures and trust, as they were stored"),
    ("repository.bundle", "the git history"),
    ("METHOD.md", "source, filter and row count of every list"),
    ("VERIFY.md", "how to check all of it with stock tools"),
    ("MANIFEST.sha256", "every file with its digest"),
)
"""What a path holds, in the order in which a reader wants it."""

_COMMANDS = (
    "policygen verify PACKAGE.zip --trust ROOT-OF-TRUST",
    "sha256sum -c MANIFEST.sha256",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """What the first page says."""

    window: Window
    problems: tuple[tuple[str, str], ...]
    """Code and sentence of everything that does not verify."""

    documents: tuple[IndexLine, ...]
    gaps: tuple[GapLine, ...]
    notes: tuple[str, ...]
    """What a tester would find: overdue reviews, weak approvals, running waivers."""

    root_of_trust: str | None
    certificates: tuple[str, ...]
    signer: str | None
    """Who signs the manifest and with which key; None where nobody does."""

    people: str
    contact: str | None
    paths: Collection[str]
    """Every path in the package."""


def front_page(front: Front) -> str:
    """The first page as Markdown of the dialect."""
    blocks = [
        *_problems(front.problems),
        *_what(front),
        *_found(front),
        *_fingerprints(front),
        *_contents(front.paths),
        *_check(front),
    ]
    return "\n\n".join(blocks) + "\n"


def _problems(problems: Sequence[tuple[str, str]]) -> Iterator[str]:
    if not problems:
        return
    yield "## What does not verify"
    told = _counted(len(problems), "problem", "problems")
    yield (
        f"> [!CAUTION]\n> This package was made although {told} stood against it. Count nothing "
        "that these touch."
    )
    yield _bullets(f"{escape(sentence)} ({escape(code)})" for code, sentence in problems)


def _what(front: Front) -> Iterator[str]:
    kinds = [line.kind for line in front.documents]
    what = " version" if front.window.is_period else ""
    counted = [
        _counted(kinds.count(one), one + what, f"{one}{what}s" if what else many)
        for one, many in (
            ("policy", "policies"),
            ("procedure", "procedures"),
            ("register", "registers"),
        )
        if one in kinds
    ]
    when = "in force on any day of the period" if front.window.is_period else "in force on that day"
    yield "## What this is"
    yield (
        f"Everything {when}: {words.join_words(counted, 'and')}, with what proves who approved "
        "which text. It is told from evidence alone and comes out the same whenever it is made "
        "again. It says what the documents say and who stands behind them; whether controls work, "
        "and whether criteria are met, is for the examination to find."
    )


def _found(front: Front) -> Iterator[str]:
    yield "## What a tester will find"
    if front.gaps:
        shown = front.gaps[:SHOWN_GAPS]
        rows = [
            f"| {escape(gap.document)} | {gap.first} | {gap.last} | {escape(gap.reason)} |"
            for gap in shown
        ]
        yield "Days of the window on which no version of a document was in force:"
        yield "\n".join(["| Document | From | To | Why |", "| --- | --- | --- | --- |", *rows])
        if len(front.gaps) > len(shown):
            more = len(front.gaps) - len(shown)
            yield f"{_counted(more, 'further gap', 'further gaps')} in the register of documents."
    notes = [*front.notes]
    if not front.gaps:
        notes.insert(0, "Every document was in force on every day of the window.")
    yield _bullets(map(escape, notes)) if notes else "Nothing else was noted."


def _fingerprints(front: Front) -> Iterator[str]:
    yield "## Compare by another channel"
    yield (
        "What is printed here proves that the package is consistent, not whose it is. Ask for "
        "these numbers in a call or in the engagement letter, with the SHA-256 of MANIFEST.sha256, "
        "which this page cannot name because it is listed there."
    )
    rows = [("Root of trust", front.root_of_trust or "none")]
    rows += [("Seal certificate, SHA-256", each) for each in front.certificates]
    rows.append(("Manifest signed by", front.signer or "nobody"))
    yield "\n".join(
        [
            "| What | Fingerprint |",
            "| --- | --- |",
            *(f"| {escape(label)} | {escape(value)} |" for label, value in rows),
        ]
    )


def _contents(paths: Collection[str]) -> Iterator[str]:
    yield "## What is in it"
    rows = [
        f"| {escape(path)} | {text} |"
        for path, text in CONTENTS
        if any(each.startswith(path) for each in paths)
    ]
    yield "\n".join(["| Path | What |", "| --- | --- |", *rows])


def _check(front: Front) -> Iterator[str]:
    yield "## How to check it"
    yield "Either with policygen, which needs nothing but the archive, or as VERIFY.md says:"
    yield "```\n" + "\n".join(_COMMANDS) + "\n```"
    if front.people != "full":
        yield (
            f"Names in lists of reviews and acknowledgements are shown as {escape(front.people)}; "
            "git history and the answers of a forge that no sealed PDF carries are left out for "
            "that reason, and their digests are in MANIFEST.json."
        )
    if front.contact:
        yield f"Questions: {escape(front.contact)}."


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
