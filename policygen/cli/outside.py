"""Decisions given elsewhere: packs sent out and taken back, approvals from before."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from policygen.cli import output
from policygen.cli.files import room_for

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

    from policygen.cli.session import Session
    from policygen.history.approving.plans import ApprovalPlan
    from policygen.pipeline.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What was said of a decision at the command line."""

    person: str
    """Who runs the command: who attests, where somebody must."""

    documents: tuple[str, ...]
    role: str | None
    effective: date | None
    given: date | None
    given_by: str | None
    version: str | None
    key: Path
    yes: bool


def show_plan(plan: ApprovalPlan) -> None:
    """What would be signed, in words."""
    count = len(plan.consents)
    words = sum(len(planned.text.split()) for planned in plan.consents)
    output.say(
        f"one sitting: {count} consent{'' if count == 1 else 's'} to texts of {words:,} words, "
        f"dated {plan.consents[0].consent.at.isoformat()}"
    )
    for planned in plan.consents:
        consent = planned.consent
        how = "joins" if planned.joins else consent.significance.value
        output.say(
            f"{consent.document} {consent.version} ({how}, {consent.decision.value}) as "
            f"{consent.role}, effective {consent.effective.isoformat()}"
        )
        output.say(f"    text sha256 {consent.text_sha256}")
        for reason in planned.reasons:
            output.say(f"    {reason}")
    classes = Counter(planned.reasons for planned in plan.consents if planned.is_rename)
    for reasons, number in classes.items():
        if number > 1:
            output.say(f"the same in {number} documents: {'; '.join(reasons)}")


def send(found: Situation, plan: ApprovalPlan, folder: Path) -> int:
    """Make a pack of what would be signed."""
    from policygen.pipeline.consent.packs import README, make_pack, write_pack

    place = room_for(folder)
    files = make_pack(found, plan)
    write_pack(place, files)
    output.say(f"{len(files)} files in {folder}; send the whole folder, {README} says what to do")
    output.say(f"when it is back: policygen approve --import {folder} --as YOU")
    return 0


def take_back(here: Session, outside: Outside, folder: Path, proof: Path | None) -> int:
    """Record what came back: a signature over the list, or a file that shows the decision."""
    from policygen.pipeline.consent import attesting, returning
    from policygen.pipeline.situation import situation, sound
    from policygen.pipeline.sources.surveying import surveyor_of

    if (proof is None) is not (outside.given is None):
        raise typer.BadParameter("--proof FILE and --given DATE go together")
    found = sound(situation(here.root, now=here.now(), surveyor=surveyor_of(here.root)))
    returned = returning.take_back(found, folder, beside=proof)
    show_plan(returned.plan)
    if proof is None or outside.given is None:
        return _stored(returning.record_signature(found, returned))
    person = returned.plan.consents[0].consent.person
    question = f"Attest that {proof.name} shows the decision of {person} of {outside.given}?"
    if not here.confirm(question, yes=outside.yes):
        return 0
    attestation = attesting.Attestation(
        file=proof, given=outside.given, attested_by=outside.person, key=outside.key
    )
    return _stored(attesting.record_attestation(found, returned, attestation))


def record_earlier(here: Session, outside: Outside, file: Path) -> int:
    """Record an approval that was given before this workspace was kept."""
    from policygen.history.records.canonical import PERSON, VERSION
    from policygen.pipeline.consent import earlier
    from policygen.pipeline.situation import situation, sound
    from policygen.pipeline.sources.surveying import surveyor_of

    if outside.given is None or outside.given_by is None or len(outside.documents) != 1:
        raise typer.BadParameter("--legacy needs one DOCUMENT, --by PERSON and --given DATE")
    if not PERSON.fullmatch(outside.given_by):
        raise typer.BadParameter(f"--by {outside.given_by} is not an id such as dana-whitfield")
    if outside.version is not None and not VERSION.fullmatch(outside.version):
        raise typer.BadParameter(f"--version {outside.version} is not a number such as 3.2")
    found = sound(situation(here.root, now=here.now(), surveyor=surveyor_of(here.root)))
    approval = earlier.EarlierApproval(
        document=outside.documents[0],
        file=file,
        given=outside.given,
        effective=outside.effective,
        person=outside.given_by,
        role=outside.role,
        version=outside.version,
        attested_by=outside.person,
        tool=f"policygen {output.version()}",
    )
    output.say(
        f"{approval.document}: approved by {approval.person} on {approval.given}, as "
        f"{outside.person} asserts (A0)"
    )
    if not here.confirm(f"Record {file.name} as its source?", yes=outside.yes):
        return 0
    return _stored(earlier.record_earlier(found, approval))


def _stored(paths: Iterable[str]) -> int:
    for path in paths:
        output.say(f"evidence/{path}")
    return 0
