"""Returning: a pack that came back signed, held against the same pack made again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from policygen.history.approving.signing import Signed, checked_files
from policygen.history.consents.judging import TOLERANCE
from policygen.history.records.canonical import RecordFormatError
from policygen.history.records.consents import read_consent
from policygen.history.records.paths import Shelf, in_workspace, place_of
from policygen.model.evidence import Decision
from policygen.pipeline.consent import approval
from policygen.pipeline.consent.packs import LIST, SIGNATURE, make_pack, refused
from policygen.pipeline.judging import record
from policygen.problems import Location, PolicygenError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from policygen.history.approving.plans import ApprovalPlan
    from policygen.model.evidence import Consent
    from policygen.pipeline.situation import Situation

DROPPINGS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
MAX_FILES = 2000
MAX_FILE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A pack that came back as it was sent."""

    plan: ApprovalPlan
    files: Mapping[str, bytes]
    """Content by path in the pack, what was added included."""


def take_back(found: Situation, folder: Path, *, beside: Path | None = None) -> Returned:
    """The pack in a folder, once it is shown to be the one that this workspace makes.

    Args:
        found: Where the workspace stands.
        folder: The pack.
        beside: A file that may lie in the folder without belonging to the pack: the proof.

    Raises:
        PolicygenError: It is none, a file in it was changed, added or left out (`pack-changed`), or
            the working text is no longer what it asks consent to (`pack-text-stale`).
    """
    files = {name: data for name, data in _read(folder) if not _is_aside(folder / name, beside)}
    problems = [*_against_list(files, folder)]
    if problems:
        raise PolicygenError(*problems)
    consents = _consents(files, folder)
    planned = _planned_again(found, consents)
    expected = make_pack(found, planned)
    problems += _differences(expected, files, folder)
    if problems:
        raise PolicygenError(*problems)
    return Returned(plan=planned, files=files)


def record_signature(found: Situation, returned: Returned) -> tuple[str, ...]:
    """Store the consents under the signature over the pack's list.

    Raises:
        PolicygenError: There is no signature (`pack-unsigned`), it fails or is by no key of theirs,
            or it comes too late (`pack-late`).
    """
    armored = returned.files.get(SIGNATURE)
    if armored is None:
        raise refused(
            "pack-unsigned",
            SIGNATURE,
            "the pack came back without a signature over its list",
            "Where minutes or an envelope came back instead, name them with --proof and --given.",
        )
    first = returned.plan.consents[0].consent
    if first.at < found.now - TOLERANCE:
        raise refused(
            "pack-late",
            LIST,
            f"the pack is of {first.at.isoformat()}, and its signature comes after three days",
            "Make the pack again; the time in a record may not lie further back.",
        )
    newest = found.judgement.chain.newest
    assert newest is not None, "planning needs a trust snapshot"
    signed = Signed(signatures=(armored,) * len(returned.plan.consents), over=returned.files[LIST])
    return record(found, checked_files(returned.plan, signed, newest.snapshot))


def _is_aside(path: Path, beside: Path | None) -> bool:
    """What file managers leave in a folder, and the proof of the decision."""
    return path.name in DROPPINGS or (
        beside is not None and beside.exists() and path.samefile(beside)
    )


def _read(folder: Path) -> Iterator[tuple[str, bytes]]:
    if not folder.is_dir():
        raise refused("pack-unreadable", str(folder), "there is no folder of that name")
    for number, path in enumerate(sorted(folder.rglob("*"))):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_dir() or path.is_file()):
            raise refused("pack-unreadable", name, "it is no plain file")
        if number >= MAX_FILES or (path.is_file() and path.stat().st_size > MAX_FILE_BYTES):
            raise refused("pack-unreadable", name, "the folder holds more than any pack")
        if path.is_file():
            yield name, path.read_bytes()


def _consents(files: Mapping[str, bytes], folder: Path) -> list[Consent]:
    """The consents that a pack asks for: one person, one moment."""
    found: list[Consent] = []
    for name, data in sorted(files.items()):
        place = place_of(name.removeprefix("evidence/")) if name.startswith("evidence/") else None
        if place is None or place.shelf is not Shelf.APPROVAL:
            continue
        try:
            found.append(read_consent(data))
        except RecordFormatError as error:
            raise refused("pack-changed", name, f"it is no record of a consent: {error}") from error
    if not found or LIST not in files:
        raise refused(
            "pack-unreadable",
            str(folder),
            "there is no pack in it",
            "Name the folder that policygen approve --pack made.",
        )
    if len({(one.person, one.at, one.role, one.acting_for, one.tool) for one in found}) != 1:
        raise refused("pack-changed", LIST, "its consents are not of one person and one moment")
    return found


def _planned_again(found: Situation, consents: list[Consent]) -> ApprovalPlan:
    """The plan of the pack, made anew from the workspace."""
    plans = []
    for consent in consents:
        retires = consent.decision is Decision.RETIRED
        if not retires:
            _refuse_stale(found, consent)
        request = approval.Request(
            person=consent.person,
            documents=(consent.document,),
            waiting=False,
            role=consent.role,
            significance=consent.significance.value
            if consent.decision is Decision.APPROVED and consent.previous is not None
            else None,
            reason=consent.reason,
            effective=consent.effective,
            retire=retires,
            tool=consent.tool,
            now=found.now,
            given_at=consent.at,
        )
        plans.append(approval.plan(found, request))
    return replace(plans[0], consents=tuple(planned for plan in plans for planned in plan.consents))


def _refuse_stale(found: Situation, consent: Consent) -> None:
    document = found.survey.document(consent.document)
    if document is None or document.digest != consent.text_sha256:
        raise refused(
            "pack-text-stale",
            in_workspace(f"approvals/{consent.document}/{consent.version}.md"),
            f"the working text of {consent.document} is no longer the one that the pack shows",
            "Make the pack again; a consent is to one exact text.",
        )


def _against_list(files: Mapping[str, bytes], folder: Path) -> Iterator[Problem]:
    """Files that are not what the list that came with them says."""
    lines = files.get(LIST, b"").decode("utf-8", "replace").splitlines()
    listed = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    for name in sorted(listed.keys() & files.keys()):
        if hashlib.sha256(files[name]).hexdigest() != listed[name]:
            yield _changed(folder, name, "its digest is not the one in the list")


def _differences(
    expected: Mapping[str, bytes], files: Mapping[str, bytes], folder: Path
) -> Iterator[Problem]:
    for name in sorted({*expected, *files} - {SIGNATURE}):
        sent, came = expected.get(name), files.get(name)
        if sent == came:
            continue
        if came is None:
            message = "it is missing, and was in the pack that was sent"
        elif sent is None:
            message = "it was not in the pack that was sent"
        else:
            position = _first_difference(sent, came)
            message = f"it is not as it was sent: byte {position} is another"
        yield _changed(folder, name, message)


def _changed(folder: Path, name: str, message: str) -> Problem:
    return Problem(
        code="pack-changed",
        location=Location(f"{folder.name}/{name}"),
        message=message,
        hint="Ask for the folder as it was signed; a consent to other bytes is none.",
    )


def _first_difference(one: bytes, other: bytes) -> int:
    """Position of the first byte that differs, from 1."""
    pairs = enumerate(zip(one, other, strict=False), start=1)
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)) + 1)
