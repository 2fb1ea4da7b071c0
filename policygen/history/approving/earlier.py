"""Approvals from before: a version that points to the file in which its text was approved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from policygen.history.records.paths import version_number
from policygen.model.evidence import Consent, Decision, Method, Previous, Significance
from policygen.problems import refusal
from policygen.text import dialect
from policygen.text.record import write_record

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from policygen.model.document import Header
    from policygen.model.evidence import External
    from policygen.model.register import Version


def pointing_text(header: Header, external: External, name: str, given: date) -> str:
    """The text of record of an earlier version: where its words are, and nothing else.

    It claims no criterion and has no statement, since nobody here has read those from the file.

    Args:
        header: Of the document as it is rendered now.
        external: The file, and who vouches for it.
        name: What the file was called.
        given: The day of the approval.
    """
    body = (
        "## Source\n\n"
        f"This version was approved on {given.isoformat()}, before approvals were kept here. Its "
        f"words are those of the file {dialect.escape(name)}, which is kept as "
        f"`evidence/{external.file}` with the SHA-256 digest `{external.sha256}`.\n\n"
        f"That it was approved is asserted by {dialect.escape(external.attested_by)}; no signature "
        "over the text shows it.\n"
    )
    return write_record(replace(header, criteria=(), primary=(), related=()), body, ())


def next_earlier_version(versions: Sequence[Version], wanted: str | None) -> str:
    """The number of one more earlier version.

    Args:
        versions: What the document has, oldest first; all of them from before.
        wanted: The number that the earlier document bore; None takes the next below 1.0.

    Raises:
        PolicygenError: A version was approved here (`legacy-after-approval`), or the number does
            not come after the earlier ones (`legacy-version`).
    """
    for version in versions:
        if any(verdict.consent.method is not Method.LEGACY for verdict in version.consents):
            raise refusal(
                "legacy-after-approval",
                f"version {version.version} of {version.document} was approved here already",
                "Earlier approvals are recorded before the first one here, oldest first.",
            )
    newest = version_number(versions[-1].version) if versions else (0, 0)
    if wanted is None:
        return f"{newest[0]}.{newest[1] + 1}"
    if version_number(wanted) <= newest:
        raise refusal(
            "legacy-version",
            f"version {wanted} does not come after {versions[-1].version if versions else '0.0'}",
            "Earlier approvals are recorded oldest first; versions count up.",
        )
    return wanted


def earlier_consent(
    header: Header,
    external: External,
    previous: Version | None,
    *,
    version: str,
    person: str,
    role: str | None,
    at: datetime,
    effective: date,
    text_sha256: str,
    trust_sha256: str,
    tool: str,
) -> Consent:
    """The record of an earlier approval; it is asserted (A0) whatever lies beside it."""
    return Consent(
        acting_for=None,
        at=at,
        decision=Decision.APPROVED,
        document=header.id,
        effective=effective,
        external=external,
        kind=header.kind.value,
        method=Method.LEGACY,
        person=person,
        previous=None
        if previous is None
        else Previous(version=previous.version, text_sha256=previous.text_sha256),
        reason=None,
        role=role or header.required_role,
        significance=Significance.INITIAL if previous is None else Significance.MAJOR,
        text_sha256=text_sha256,
        tool=tool,
        trust_sha256=trust_sha256,
        version=version,
    )
