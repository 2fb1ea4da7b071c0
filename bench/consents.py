"""Consents by the thousand, signed by one person over as many texts, to be judged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bench.measure import Run, call, several

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from policygen.model.document import Document
    from policygen.pipeline.situation import Situation


def judging(root: Path, found: Situation, count: int, now: datetime, runs: int) -> Run:
    """What it takes to read and judge that many more consents of a workspace."""
    from policygen.history.approving.approve import Choice, plan_approval
    from policygen.history.approving.plans import Sitting
    from policygen.history.approving.signing import sign_plan, write_consents
    from policygen.history.consents.judging import judge
    from policygen.history.records.evidence import read_evidence
    from policygen.model.judgement import Witness

    newest = found.judgement.chain.newest
    assert newest is not None
    template = next(row for row in found.survey.rendering.documents if row.record.header.approver)
    holder = found.survey.facts.roles[template.record.header.required_role].holder
    assert holder is not None
    sitting = Sitting(
        evidence=found.evidence, judgement=found.judgement, person=holder, at=now, tool="bench"
    )
    documents = [_document(template, number) for number in range(count)]
    plan = plan_approval(sitting, documents, Choice(significance=None, reason=None))
    keys = root / ".policygen" / "keys" / "people"
    signed = sign_plan(plan, key=keys / holder)
    write_consents(root / "evidence", plan, signed, newest.snapshot)
    return several(
        runs, lambda: call(lambda: judge(read_evidence(root / "evidence"), Witness(now=now)))
    )


def _document(template: Document, number: int) -> Document:
    from policygen.text.record import read_record

    name = f"bench-{number:04}"
    text = template.text.replace(template.id, name, 1)
    record = read_record(text, f"rendered/policies/{name}.md")
    return replace(template, record=record, text=text)
