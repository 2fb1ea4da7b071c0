"""Consents and observations: from their canonical bytes to values, and back to the same bytes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from policygen.history.records import canonical
from policygen.history.records.canonical import (
    DIGEST,
    PERSON,
    Fields,
    Json,
    RecordFormatError,
    format_time,
)
from policygen.model.document import Kind
from policygen.model.evidence import (
    Consent,
    Decision,
    External,
    Method,
    Observation,
    Previous,
    RawResponse,
    Significance,
)
from policygen.model.forge import Binding

if TYPE_CHECKING:
    from collections.abc import Iterator

CONSENT_SCHEMA = "policygen/consent/1"
OBSERVATION_SCHEMA = "policygen/observation/1"

_CONSENT_KEYS = (
    "acting_for", "at", "decision", "document", "effective", "external", "kind", "method",
    "person", "previous", "reason", "role", "schema", "significance", "text_sha256", "tool",
    "trust_sha256", "version",
)  # fmt: skip
_OBSERVATION_KEYS = (
    "binding", "change", "commit", "consent_sha256", "host", "imported_at", "imported_by", "login",
    "merged_at", "raw", "repository", "review", "schema", "submitted_at", "user_id",
)  # fmt: skip
_EXTERNAL_FILE = re.compile(r"external/[0-9a-f]{64}\.[a-z0-9]{1,8}")
_RAW_FILE = re.compile(r"forge/(?!.*\.\.)[A-Za-z0-9._/-]{1,400}")


def write_consent(consent: Consent) -> bytes:
    """The bytes of a consent, as they are signed and stored."""
    external: Json = None
    if consent.external is not None:
        external = {
            "attested_by": consent.external.attested_by,
            "file": consent.external.file,
            "sha256": consent.external.sha256,
        }
    previous: Json = None
    if consent.previous is not None:
        previous = {
            "text_sha256": consent.previous.text_sha256,
            "version": consent.previous.version,
        }
    return canonical.write_canonical(
        {
            "acting_for": consent.acting_for,
            "at": format_time(consent.at),
            "decision": consent.decision.value,
            "document": consent.document,
            "effective": consent.effective.isoformat(),
            "external": external,
            "kind": consent.kind,
            "method": consent.method.value,
            "person": consent.person,
            "previous": previous,
            "reason": consent.reason,
            "role": consent.role,
            "schema": CONSENT_SCHEMA,
            "significance": consent.significance.value,
            "text_sha256": consent.text_sha256,
            "tool": consent.tool,
            "trust_sha256": consent.trust_sha256,
            "version": consent.version,
        }
    )


def read_consent(data: bytes) -> Consent:
    """The consent that its bytes say.

    Raises:
        RecordFormatError: They are not the canonical form of a consent, or it contradicts itself.
    """
    fields = Fields(canonical.read_canonical(data), _CONSENT_KEYS)
    fields.exactly("schema", CONSENT_SCHEMA)
    consent = Consent(
        acting_for=fields.optional("acting_for", lambda key: fields.matching(key, PERSON)),
        at=fields.time("at"),
        decision=fields.choice("decision", Decision),
        document=fields.matching("document", canonical.DOCUMENT),
        effective=fields.day("effective"),
        external=fields.optional("external", lambda key: _read_external(fields, key)),
        kind=fields.choice("kind", Kind).value,
        method=fields.choice("method", Method),
        person=fields.matching("person", PERSON),
        previous=fields.optional("previous", lambda key: _read_previous(fields, key)),
        reason=fields.optional("reason", fields.text),
        role=fields.matching("role", canonical.ROLE),
        significance=fields.choice("significance", Significance),
        text_sha256=fields.matching("text_sha256", DIGEST),
        tool=fields.text("tool"),
        trust_sha256=fields.matching("trust_sha256", DIGEST),
        version=fields.matching("version", canonical.VERSION),
    )
    for contradiction in _contradictions(consent):
        raise RecordFormatError(contradiction)
    return consent


def _read_external(fields: Fields, key: str) -> External:
    part = fields.part(key, ("attested_by", "file", "sha256"))
    external = External(
        file=part.matching("file", _EXTERNAL_FILE),
        sha256=part.matching("sha256", DIGEST),
        attested_by=part.matching("attested_by", PERSON),
    )
    if external.sha256 not in external.file:
        raise RecordFormatError("external names a file whose name is not its digest")
    return external


def _read_previous(fields: Fields, key: str) -> Previous:
    part = fields.part(key, ("text_sha256", "version"))
    return Previous(
        version=part.matching("version", canonical.VERSION),
        text_sha256=part.matching("text_sha256", DIGEST),
    )


def _contradictions(consent: Consent) -> Iterator[str]:
    outside = consent.method in (Method.EXTERNAL, Method.LEGACY)
    if outside != (consent.external is not None):
        yield f"method {consent.method.value} and the field external do not go together"
    if consent.acting_for == consent.person:
        yield "acting_for names the person themselves"
    match consent.decision:
        case Decision.RETIRED:
            if consent.reason is None:
                yield "a retirement needs a reason"
            if consent.previous is None:
                yield "a retirement names the version it retires as previous"
        case Decision.CONFIRMED:
            if consent.previous is not None or consent.significance is not Significance.MINOR:
                yield "a confirmed review has no previous version and is minor"
        case Decision.APPROVED:
            if (consent.significance is Significance.INITIAL) != (consent.previous is None):
                yield "a first version is initial and has no previous one; all others have"


def write_observation(observation: Observation) -> bytes:
    """The bytes of what an importer observed on a forge."""
    raw: list[Json] = [{"file": item.file, "sha256": item.sha256} for item in observation.raw]
    merged_at = observation.merged_at
    return canonical.write_canonical(
        {
            "binding": observation.binding.value,
            "change": observation.change,
            "commit": observation.commit,
            "consent_sha256": observation.consent_sha256,
            "host": observation.host,
            "imported_at": format_time(observation.imported_at),
            "imported_by": observation.imported_by,
            "login": observation.login,
            "merged_at": None if merged_at is None else format_time(merged_at),
            "raw": raw,
            "repository": observation.repository,
            "review": observation.review,
            "schema": OBSERVATION_SCHEMA,
            "submitted_at": format_time(observation.submitted_at),
            "user_id": observation.user_id,
        }
    )


@lru_cache(maxsize=4096)
def read_observation(data: bytes) -> Observation:
    """The observation that its bytes say.

    Raises:
        RecordFormatError: They are not the canonical form of an observation.
    """
    fields = Fields(canonical.read_canonical(data), _OBSERVATION_KEYS)
    fields.exactly("schema", OBSERVATION_SCHEMA)
    raw = tuple(
        RawResponse(file=item.matching("file", _RAW_FILE), sha256=item.matching("sha256", DIGEST))
        for item in fields.parts("raw", ("file", "sha256"))
    )
    if not raw:
        raise RecordFormatError("raw names no recorded response")
    return Observation(
        binding=fields.choice("binding", Binding),
        consent_sha256=fields.matching("consent_sha256", DIGEST),
        host=fields.text("host"),
        repository=fields.text("repository"),
        change=fields.number("change"),
        review=fields.number("review"),
        user_id=fields.number("user_id"),
        login=fields.text("login"),
        commit=fields.optional("commit", fields.text),
        submitted_at=fields.time("submitted_at"),
        merged_at=fields.optional("merged_at", fields.time),
        imported_at=fields.time("imported_at"),
        imported_by=fields.matching("imported_by", PERSON),
        raw=raw,
    )
