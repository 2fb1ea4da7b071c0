"""Versions: consents folded into what was approved, from when, and until when."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from policygen.history.records.paths import in_workspace, text_path, version_number
from policygen.model.evidence import Decision
from policygen.model.register import State, Version

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from policygen.model.document import RecordText
    from policygen.model.register import Verdict


def fold_versions(
    verdicts: Iterable[Verdict], texts: Mapping[tuple[str, str], RecordText], as_of: date
) -> tuple[Version, ...]:
    """The versions of one document, oldest first.

    A version is approved by the first consent of the role that its text requires; that consent
    sets the day it takes effect. The newest version that has taken effect is in force; where two
    take effect on one day the older is in force on no day.

    Args:
        verdicts: Valid approvals and retirements of the document, given by `as_of`.
        texts: Approved texts by document and version.
        as_of: The day whose states are asked for.
    """
    consents = sorted(
        (verdict for verdict in verdicts if verdict.consent.decision is not Decision.CONFIRMED),
        key=lambda verdict: (version_number(verdict.consent.version), verdict.consent.at),
    )
    versions = [
        _version(tuple(group), texts)
        for _, group in groupby(consents, key=lambda verdict: verdict.consent.version)
    ]
    return tuple(_dated(versions, index, as_of) for index in range(len(versions)))


def in_force(versions: Iterable[Version]) -> Version | None:
    """The version in force; None where there is none or the newest retires the document."""
    return next((version for version in versions if version.state is State.EFFECTIVE), None)


def newest_approved(versions: Sequence[Version]) -> Version | None:
    """The newest version that all required roles consented to, in force or not."""
    approved = [version for version in versions if version.approved_at is not None]
    return approved[-1] if approved else None


def _version(group: tuple[Verdict, ...], texts: Mapping[tuple[str, str], RecordText]) -> Version:
    first = group[0].consent
    text = texts[first.document, first.version]
    required = (
        verdict.consent for verdict in group if verdict.consent.role == text.header.required_role
    )
    completing = next(required, None)
    return Version(
        document=first.document,
        version=first.version,
        decision=first.decision,
        text=text,
        text_sha256=first.text_sha256,
        text_path=in_workspace(text_path(first.document, first.version)),
        significance=first.significance,
        reason=first.reason,
        consents=group,
        approved_at=None if completing is None else completing.at,
        effective=(completing or first).effective,
        until=None,
        state=State.IN_REVIEW,
    )


def _dated(versions: Sequence[Version], index: int, as_of: date) -> Version:
    version = versions[index]
    if version.approved_at is None:
        return version
    newer = [later.effective for later in versions[index + 1 :] if later.approved_at is not None]
    # A newer version may take effect first; then the older one is in force on no day.
    until = max(version.effective, min(newer)) if newer else None
    return replace(version, until=until, state=_state(version, until, as_of))


def _state(version: Version, until: date | None, as_of: date) -> State:
    if until is not None and (until <= as_of or until == version.effective):
        return State.SUPERSEDED
    if version.effective > as_of:
        return State.APPROVED
    return State.RETIRED if version.decision is Decision.RETIRED else State.EFFECTIVE
