"""Numbering: the version that a text joins, or the next one it becomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.history.records.paths import version_number
from policygen.model.evidence import Decision, Previous, Significance
from policygen.problems import refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from policygen.history.approving.plans import Sitting
    from policygen.model.register import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenVersion:
    """A version that a further consent to the same text joins."""

    version: str
    previous: Previous | None
    significance: Significance


def open_version(sitting: Sitting, document: str, digest: str) -> OpenVersion | None:
    """The version that has this text already; None where the text is new.

    It is the newest approved version, or a later one whose consents are not all given.

    Raises:
        PolicygenError: The person consented to it already (`approve-nothing-changed`).
    """
    versions = {version.version: version for version in sitting.versions(document)}
    newest = sitting.newest(document)
    for number, stored in reversed(sitting.stored(document).items()):
        if newest is not None and version_number(number) < version_number(newest.version):
            return None
        known = versions.get(number)
        if stored != digest or (known is not None and known.decision is Decision.RETIRED):
            continue
        if known is None:
            return _left_behind(number, newest)
        if any(verdict.consent.person == sitting.person for verdict in known.consents):
            raise refusal(
                "approve-nothing-changed",
                f"{document} is as {sitting.person} approved it in version {number}",
                "A review without a change is recorded with policygen review.",
            )
        first = known.consents[0].consent
        return OpenVersion(version=number, previous=first.previous, significance=first.significance)
    return None


def next_version(
    stored: Iterable[str], newest: Version | None, significance: Significance
) -> str:  # fmt: skip
    """The number of a new version: 1.0, then n+1.0 for major and n.m+1 for minor.

    Numbers of texts that were stored and never approved are not used again.
    """
    taken = [version_number(version) for version in stored]
    if newest is not None and significance is Significance.MINOR:
        major, minor = version_number(newest.version)
        return f"{major}.{max([minor, *(m for n, m in taken if n == major)]) + 1}"
    return f"{max((major for major, _ in taken), default=0) + 1}.0"


def _left_behind(number: str, newest: Version | None) -> OpenVersion | None:
    """A stored text without a consent that holds: an approval was broken off before it."""
    if newest is None:
        return OpenVersion(version=number, previous=None, significance=Significance.INITIAL)
    major, minor = version_number(number)
    if (major, minor) == version_number(newest.version):
        return None
    return OpenVersion(
        version=number,
        previous=Previous(version=newest.version, text_sha256=newest.text_sha256),
        significance=Significance.MAJOR if minor == 0 else Significance.MINOR,
    )
