"""The facts that the print theme shows around a text, as JSON for Typst."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, TypeAlias

from policygen.model.document import Kind
from policygen.words import long_date

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from policygen.model.document import Header
    from policygen.model.publication import Attachment, Brand, Edition
    from policygen.publish.pdf.assets import PrintAssets
    from policygen.publish.pdf.typeset import Heading

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | None"

_KINDS = {Kind.POLICY: "Policy", Kind.PROCEDURE: "Procedure", Kind.REGISTER: "Register"}
CLASSES = {"public": "Public", "internal": "Internal", "restricted": "Restricted"}
"""Classifications as they are printed."""


def print_facts(
    edition: Edition,
    files: Sequence[Attachment],
    headings: Sequence[Heading],
    assets: PrintAssets,
) -> str:
    """Everything the theme prints that is not the text, as sorted JSON."""
    header = edition.record.header
    facts = {
        **_control_block(edition, header),
        "approvals": [
            {
                "name": line.name,
                "role": line.role,
                "at": line.at,
                "strength": line.strength,
                "note": line.note,
            }
            for line in edition.approvals
        ],
        "history": [
            {
                "version": line.version,
                "approved": long_date(line.approved),
                "effective": long_date(line.effective),
                "significance": line.significance,
                "approved_by": line.approved_by,
                "summary": line.summary,
            }
            for line in edition.history
        ],
        "attachments": [_attachment(file) for file in files],
        "steps": _steps(edition, files),
        "digest": edition.text_sha256,
        **brand_facts(edition.brand),
        "logo": assets.logo_name,
        "pictures": assets.picture_names,
        "headings": len(headings),
        "keywords": [header.id, *header.criteria],
    }
    return json.dumps(facts, sort_keys=True, ensure_ascii=False)


def brand_facts(brand: Brand) -> dict[str, Json]:
    """How a brand wants every printed page, under the names that the theme reads."""
    return {
        "brand": {"accent": brand.accent, "paper": brand.paper},
        "region": "US" if brand.paper == "us-letter" else "GB",
    }


def _control_block(edition: Edition, header: Header) -> dict[str, str | None]:
    months = header.review_months
    return {
        "id": header.id,
        "title": header.title,
        "organization": header.organization,
        "kind": _KINDS[header.kind],
        "version": edition.version,
        "approved": _day_or(edition.approved, "not approved"),
        "effective": _day_or(edition.effective, "not in effect"),
        "next_review": _day_or(edition.next_review, "after approval"),
        "interval": "every month" if months == 1 else f"every {months} months",
        "owner": header.owner_title,
        "approver": header.approver_title or header.owner_title,
        "classification": CLASSES.get(header.classification, header.classification),
        "audience": header.audience,
        "criteria": ", ".join(header.criteria) or _no_criterion(header),
    }


def _no_criterion(header: Header) -> str | None:
    return None if header.kind is Kind.REGISTER else "no criterion claimed"


def _day_or(day: date | None, words: str) -> str:
    return long_date(day) if day else words


def _attachment(file: Attachment) -> dict[str, str | None]:
    relationship = file.relationship
    return {
        "name": file.name,
        "description": file.description,
        "mime_type": file.mime_type,
        "relationship": None if relationship == "unspecified" else relationship,
        "digest": hashlib.sha256(file.content).hexdigest(),
    }


def _steps(edition: Edition, files: Sequence[Attachment]) -> list[dict[str, str | None]]:
    """How a reader checks the file with stock tools, as far as what is attached allows."""
    text = edition.text.encode()
    source = next(file.name for file in files if file.content == text)
    names = [file.name for file in files]
    own = [name for name in names if f"__{edition.version}." in name] or names
    consent = next((name for name in own if name.endswith(".json.sig")), None)
    token = next((name for name in own if name.endswith(".json.tsr")), None)
    steps: list[tuple[str, str | None]] = [
        (
            "Take the attached files out. PDF readers list them; on a command line:",
            "pdfdetach -saveall document.pdf",
        ),
        ("Compare the digest of the text with the one printed below:", f"sha256sum {source}"),
    ]
    if consent:
        record = consent.removesuffix(".sig")
        person = record.removesuffix(".json").rpartition(".")[2]
        signers = (name for name in names if name.endswith("allowed_signers"))
        newest = max(signers, key=_numbers, default="allowed_signers")
        steps.append(
            (
                "Check that each consent names that digest and is signed with a key enrolled for "
                "its person, for example:",
                f"ssh-keygen -Y verify -f {newest} "
                f"-I {person} -n policy-approval -s {consent} < {record}",
            )
        )
    if token:
        steps.append(
            (
                "Check the independent time of a consent against its time stamping authority, "
                "for example:",
                f"openssl ts -verify -data {token.removesuffix('.tsr')} -in {token} "
                "-CAfile authority.pem",
            )
        )
    if edition.version:
        steps.append(
            (
                "Where this file is sealed, its last signature must read “Total document signed”:",
                "pdfsig document.pdf",
            )
        )
    return [{"says": says, "command": command} for says, command in steps]


def _numbers(name: str) -> list[int]:
    """Orders snapshot 10 after snapshot 9."""
    return [int(number) for number in re.findall(r"\d+", name)]
