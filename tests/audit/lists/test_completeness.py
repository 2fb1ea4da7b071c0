"""Completeness: over random histories a package has every version in force, and every gap."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from policygen.audit.package.document_register import document_register
from policygen.audit.package.manifest import Claims, read_statement
from policygen.audit.package.packing import gap_lines, index_lines, pdf_path, with_manifests
from policygen.audit.verification.agreement import check_agreement
from policygen.audit.verification.integrity import check_integrity
from policygen.history.records.evidence import gather
from policygen.history.register.intervals import in_force_during
from policygen.history.register.register import ReviewRules, register_from
from policygen.model.document import text_digest
from policygen.model.evidence import Consent, Decision, Method, Significance, Strength
from policygen.model.judgement import Judgement, TrustChain
from policygen.model.register import Verdict
from policygen.model.window import InForce, Window
from policygen.tables import csv_bytes
from tests.history.office import sheet

if TYPE_CHECKING:
    from policygen.model.document import RecordText
    from policygen.model.register import Register

RULES = ReviewRules(time_zone=UTC, grace_days=0, reminder_days=0)
START = date(2026, 1, 1)
NAMES = ("access-control-policy", "backup-policy", "logging-policy")
HISTORY = settings(deadline=None, derandomize=True, max_examples=150)

_event = st.tuples(
    st.integers(0, 20),  # days since the event before
    st.integers(0, 25),  # days until it takes effect
    st.sampled_from(["approve"] * 5 + ["half", "retire"]),
)
histories = st.lists(st.lists(_event, max_size=6), min_size=len(NAMES), max_size=len(NAMES))
windows = st.tuples(st.integers(0, 100), st.integers(0, 60))


def _judgement(events: list[list[tuple[int, int, str]]]) -> Judgement:
    """Verdicts as if all of them had been signed and verified."""
    verdicts: list[Verdict] = []
    texts: dict[tuple[str, str], RecordText] = {}
    for name, own in zip(NAMES, events, strict=True):
        day = START
        for number, (wait, ahead, what) in enumerate(own, start=1):
            day += timedelta(days=wait)
            version = f"{number}.0"
            text = sheet(document=name, hours=number)
            texts[name, version] = text.record
            verdicts.append(_verdict(name, version, text.digest, day, ahead, what))
    return Judgement(chain=TrustChain(), verdicts=tuple(verdicts), texts=texts, problems=())


def _verdict(name: str, version: str, digest: str, day: date, ahead: int, what: str) -> Verdict:
    # The owner's consent alone leaves a version in review.
    role = "it_lead" if what == "half" else "security_officer"
    consent = Consent(
        acting_for=None,
        at=datetime.combine(day, datetime.min.time(), UTC),
        decision=Decision.RETIRED if what == "retire" else Decision.APPROVED,
        document=name,
        effective=day + timedelta(days=ahead),
        external=None,
        kind="policy",
        method=Method.SSH,
        person="dana",
        previous=None,
        reason="gone" if what == "retire" else None,
        role=role,
        significance=Significance.MAJOR,
        text_sha256=digest,
        tool="policygen 0.1.0",
        trust_sha256="0" * 64,
        version=version,
    )
    return Verdict(
        consent=consent,
        path=f"evidence/approvals/{name}/{version}.dana.json",
        strength=Strength.A3,
        time_attested=False,
        name="Dana Whitfield",
        role_title="Security officer",
        fingerprint=None,
        note="",
    )


def _register(judgement: Judgement, day: date) -> Register:
    return register_from(judgement, gather({}), {}, as_of=day, rules=RULES)


def _window(places: tuple[int, int]) -> Window:
    first = START + timedelta(days=places[0])
    return Window(first=first, last=first + timedelta(days=places[1]), is_period=True)


def _told(judgement: Judgement, window: Window) -> tuple[Register, InForce]:
    register = _register(judgement, window.last)
    return register, in_force_during(register, window)


@HISTORY
@given(histories, windows)
def test_each_day_is_in_force_under_the_version_that_was_then_or_in_a_gap(
    events: list[list[tuple[int, int, str]]], places: tuple[int, int]
) -> None:
    judgement, window = _judgement(events), _window(places)
    register, found = _told(judgement, window)
    for offset in range((window.last - window.first).days + 1):
        day = window.first + timedelta(days=offset)
        then = {
            entry.id: entry.in_force.version
            for entry in _register(judgement, day).entries
            if entry.in_force is not None
        }
        told = [
            (row.version.document, row.version.version)
            for row in found.intervals
            if row.first <= day <= row.last
        ]
        gaps = [gap.document for gap in found.gaps if gap.first <= day <= gap.last]
        assert dict(told) == then
        assert sorted([*(name for name, _ in told), *gaps]) == [e.id for e in register.entries]


def _package(judgement: Judgement, window: Window) -> tuple[dict[str, bytes], Claims, InForce]:
    register, found = _told(judgement, window)
    contents = {
        pdf_path(row.version): f"%PDF of {row.version.document} {row.version.version}".encode()
        for row in found.intervals
    }
    pdfs = {
        (row.version.document, row.version.version): (
            pdf_path(row.version),
            hashlib.sha256(contents[pdf_path(row.version)]).hexdigest(),
        )
        for row in found.intervals
    }
    lines = index_lines(found, pdfs)
    for table in document_register(register, found, lines, window, lambda moment: moment.date()):
        contents[f"index/{table.name}.csv"] = csv_bytes(table)
    claims = Claims(
        organization="Larkfield Ltd",
        first=window.first.isoformat(),
        last=window.last.isoformat(),
        is_period=True,
        time_zone="UTC",
        commit="0" * 40,
        set_head="0" * 64,
        root_of_trust=None,
        tool="policygen 0.1.0",
        people="full",
        signer=None,
        documents=lines,
        gaps=gap_lines(found),
        left_out=(),
        problems=(),
    )
    return with_manifests(contents, claims), claims, found


@HISTORY
@given(histories, windows)
def test_index_manifest_and_folders_agree_and_know_every_pdf_by_its_digest(
    events: list[list[tuple[int, int, str]]], places: tuple[int, int]
) -> None:
    files, claims, found = _package(_judgement(events), _window(places))
    checked = check_integrity(files)
    assert checked.problems == ()
    assert checked.claims == claims
    assert list(check_agreement(claims, found, files)) == []
    _, subject = read_statement(files["MANIFEST.json"])
    pdfs = {path for path in files if path.endswith(".pdf")}
    assert pdfs == {line.file for line in claims.documents}
    for line in claims.documents:
        assert line.file is not None
        assert subject[line.file] == line.file_sha256
        assert text_digest(files[line.file]) == line.file_sha256
        assert line.file_sha256.encode() in files["index/document-register-files.csv"]


@HISTORY
@given(histories, windows, st.data())
def test_whatever_is_left_out_is_missed(
    events: list[list[tuple[int, int, str]]], places: tuple[int, int], data: st.DataObject
) -> None:
    files, claims, found = _package(_judgement(events), _window(places))
    choices = [("documents", row) for row in claims.documents] + [
        ("gaps", row) for row in claims.gaps
    ]
    if not choices:
        return
    name, row = data.draw(st.sampled_from(choices))
    kept = tuple(other for other in getattr(claims, name) if other is not row)
    less = replace(claims, **{name: kept})  # type: ignore[arg-type]
    wanted = "package-document-missing" if name == "documents" else "package-gap-missing"
    assert wanted in {problem.code for problem in check_agreement(less, found, files)}
