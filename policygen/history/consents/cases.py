"""Cases: each consent record beside everything that it is judged by."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.history.records.canonical import RecordFormatError, problem_of
from policygen.history.records.consents import read_consent
from policygen.history.records.lists import read_lists
from policygen.history.records.paths import (
    Place,
    Shelf,
    approval_path,
    in_workspace,
    place_of,
    review_path,
    text_path,
)
from policygen.model.evidence import Decision, Method
from policygen.problems import Location, PolicygenError, Problem, Severity
from policygen.text.record import read_record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from policygen.model.document import RecordText
    from policygen.model.evidence import Consent, Evidence
    from policygen.model.judgement import TrustChain, TrustLink, Witness

MAX_TEXT_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Approved bytes with what they say."""

    sha256: str
    record: RecordText


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One consent record on trial."""

    path: str
    """Path below `evidence/`."""

    place: Place
    data: bytes
    consent: Consent
    text: Text | None
    """The stored text of its version; None where there is none or it cannot be read."""

    named: TrustLink | None
    """The snapshot it names; None where the chain has none such."""

    siblings: Mapping[tuple[str, str], Text]
    """All stored texts by document and version."""

    evidence: Evidence
    chain: TrustChain
    witness: Witness
    lists: Mapping[str, tuple[str, ...]]
    """Paths of signed lists that name a record, by the line that names it."""

    @property
    def moment(self) -> datetime:
        """When it counts as given: the attested time where there is one, else the claimed.

        What was decided elsewhere is stamped when it is recorded, which is later.
        """
        if self.consent.method is not Method.SSH:
            return self.consent.at
        return self.witness.stamped_at.get(in_workspace(self.path), self.consent.at)

    @property
    def expected_path(self) -> str:
        """Where a record that says this belongs."""
        consent = self.consent
        if consent.decision is Decision.CONFIRMED:
            return review_path(self.place.cycle, consent.document, consent.person)
        return approval_path(consent.document, consent.version, consent.person)

    def problem(
        self, code: str, message: str, hint: str | None = None, *, warning: bool = False
    ) -> Problem:
        """A problem of this record."""
        return Problem(
            code=code,
            severity=Severity.WARNING if warning else Severity.ERROR,
            location=Location(in_workspace(self.path)),
            message=message,
            hint=hint,
        )


def read_texts(evidence: Evidence) -> tuple[dict[tuple[str, str], Text], tuple[Problem, ...]]:
    """The approved texts by document and version, and those that are no texts of record."""
    texts: dict[tuple[str, str], Text] = {}
    problems: list[Problem] = []
    for path, data in evidence.files.items():
        place = place_of(path) if path.endswith(".md") else None
        if place is None or place.shelf is not Shelf.TEXT:
            continue
        try:
            texts[place.document, place.version] = _read_text(path, data)
        except PolicygenError as error:
            problems += error.problems
    return texts, tuple(problems)


def open_cases(
    evidence: Evidence,
    texts: Mapping[tuple[str, str], Text],
    chain: TrustChain,
    witness: Witness,
) -> tuple[tuple[Case, ...], tuple[Problem, ...]]:
    """A case for each approval and review, and the records that are none."""
    cases: list[Case] = []
    problems: list[Problem] = []
    lists = read_lists(evidence)
    for path, data in evidence.files.items():
        place = place_of(path) if path.endswith(".json") else None
        if place is None or place.shelf not in (Shelf.APPROVAL, Shelf.REVIEW):
            continue
        try:
            consent = read_consent(data)
        except RecordFormatError as error:
            problems.append(problem_of(error, in_workspace(path)))
            continue
        cases.append(
            Case(
                path=path,
                place=place,
                data=data,
                consent=consent,
                text=texts.get((consent.document, consent.version)),
                named=chain.named(consent.trust_sha256),
                siblings=texts,
                evidence=evidence,
                chain=chain,
                witness=witness,
                lists=lists,
            )
        )
    return tuple(cases), tuple(problems)


def texts_without_consent(
    texts: Iterable[tuple[str, str]], cases: Iterable[Case]
) -> tuple[Problem, ...]:
    """Texts that nobody consented to: an approval was broken off, or a record was removed."""
    consented = {(case.place.document, case.place.version) for case in cases}
    return tuple(
        Problem(
            code="approval-incomplete",
            severity=Severity.WARNING,
            location=Location(in_workspace(text_path(document, version))),
            message=f"version {version} of {document} has a text but no consent",
            hint="Run policygen approve again; it completes what was broken off.",
        )
        for document, version in sorted(texts)
        if (document, version) not in consented
    )


def _read_text(path: str, data: bytes) -> Text:
    name = in_workspace(path)
    try:
        if len(data) > MAX_TEXT_BYTES:
            raise RecordFormatError(f"it has {len(data)} bytes, the limit is {MAX_TEXT_BYTES}")
        record = read_record(data.decode(), name)
    except (RecordFormatError, UnicodeDecodeError) as error:
        raise PolicygenError(
            Problem(
                code="record-text-format",
                location=Location(name),
                message=f"not a text of record as policygen writes it: {error}",
                hint="Restore the committed file; an approved text is never edited.",
            )
        ) from error
    return Text(sha256=hashlib.sha256(data).hexdigest(), record=record)
