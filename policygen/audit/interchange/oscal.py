"""OSCAL: the criteria as a catalog, the documents in force as a component definition.

Ids are made from names, so that the next export updates these objects instead of adding others.
Criteria carry their id and a title of our own; the standard's wording is not part of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID, uuid5

from policygen.model.document import Kind, text_digest
from policygen.text import dialect

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from policygen.model.catalogue import Criterion
    from policygen.model.document import RecordText, Statement

OSCAL_VERSION = "1.2.1"
CATALOG = "catalog.json"
DEFINITION = "component-definition.json"
NAMESPACE = "https://policygen.example/ns/oscal"
"""Of properties that OSCAL does not define."""

_IDS = UUID("6d0a2c52-7f0e-5f4b-9c55-5d1f5f6a7a10")
_TYPES = {Kind.POLICY: "policy", Kind.PROCEDURE: "process-procedure"}

Json: TypeAlias = "dict[str, Json] | list[Json] | str"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedText:
    """A document in force, as OSCAL describes it."""

    text: RecordText
    version: str
    pdf: str | None
    """Path of its PDF beside the OSCAL files; None where there is none."""

    pdf_sha256: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """What both files say about themselves."""

    organization: str
    version: str
    """Of the set, e.g. the as-of date."""

    last_modified: datetime
    tool: str


def oscal_files(
    criteria: Mapping[str, Criterion], documents: Sequence[PublishedText], issue: Issue
) -> dict[str, bytes]:
    """Catalog and component definition, by file name.

    Registers hold no duties and are resources only.
    """
    catalog = _bytes({"catalog": _catalog(criteria.values(), issue)})
    definition = _definition(documents, issue, catalog)
    return {CATALOG: catalog, DEFINITION: _bytes({"component-definition": definition})}


def control_id(criterion: str) -> str:
    """The id of a criterion as OSCAL writes ids, e.g. `cc6.1`."""
    return criterion.lower()


def _catalog(criteria: Iterable[Criterion], issue: Issue) -> Json:
    groups: dict[str, list[Json]] = {}
    for criterion in criteria:
        control: Json = {
            "id": control_id(criterion.id),
            "class": "criterion",
            "title": criterion.title,
            "props": [{"name": "label", "value": criterion.id}],
        }
        groups.setdefault(criterion.category, []).append(control)
    return {
        # The same for everybody: the criteria are.
        "uuid": _uuid("catalog"),
        "metadata": {
            "title": "Trust Services Criteria by id, with titles of policygen",
            "last-modified": _moment(issue.last_modified),
            "version": "tsc-2017-pof-2022",
            "oscal-version": OSCAL_VERSION,
            "remarks": "Ids are the standard's, titles are not. The criteria themselves are "
            "published by the AICPA and are not part of this file.",
        },
        "groups": [
            {
                "id": category.replace("_", "-"),
                "class": "category",
                "title": category.replace("_", " ").capitalize(),
                "controls": controls,
            }
            for category, controls in groups.items()
        ],
    }


def _definition(documents: Sequence[PublishedText], issue: Issue, catalog: bytes) -> Json:
    source = _uuid(issue.organization, "catalog")
    party = _uuid(issue.organization, "party")
    roles = _roles(documents)
    components: list[Json] = [
        _component(each, issue, source, party)
        for each in documents
        if each.text.header.kind in _TYPES and _served(each)
    ]
    resources: list[Json] = [
        {
            "uuid": source,
            "title": "The catalog of criteria",
            "rlinks": [_rlink(CATALOG, "application/oscal+json", text_digest(catalog))],
        },
        *(_resource(each, issue) for each in documents),
    ]
    metadata: dict[str, Json] = {
        "title": f"Policies and procedures of {issue.organization}",
        "last-modified": _moment(issue.last_modified),
        "version": issue.version,
        "oscal-version": OSCAL_VERSION,
        "props": [_property("made-by", issue.tool)],
        "parties": [{"uuid": party, "type": "organization", "name": issue.organization}],
        "remarks": "Describes documents in force. It is no statement that a criterion is met.",
    }
    if roles:
        metadata["roles"] = [{"id": name, "title": title} for name, title in roles.items()]
    found: dict[str, Json] = {
        "uuid": _uuid(issue.organization, "component-definition"),
        "metadata": metadata,
    }
    if components:
        found["components"] = components
    found["back-matter"] = {"resources": resources}
    return found


def _roles(documents: Iterable[PublishedText]) -> dict[str, str]:
    roles: dict[str, str] = {}
    for each in documents:
        header = each.text.header
        roles[header.owner] = header.owner_title
        if header.approver is not None and header.approver_title is not None:
            roles[header.approver] = header.approver_title
    return dict(sorted(roles.items()))


def _component(each: PublishedText, issue: Issue, source: str, party: str) -> Json:
    header = each.text.header
    responsible: list[Json] = [{"role-id": header.owner, "party-uuids": [party]}]
    if header.approver is not None and header.approver != header.owner:
        responsible.append({"role-id": header.approver, "party-uuids": [party]})
    requirements: list[Json] = [
        _requirement(each, criterion, statements, issue)
        for criterion, statements in _served(each).items()
    ]
    return {
        "uuid": _uuid(issue.organization, header.id),
        "type": _TYPES[header.kind],
        "title": header.title,
        "description": f"{header.title}, version {each.version}, for: {header.audience}",
        "props": [
            _property("document-id", header.id),
            {"name": "version", "value": each.version},
            _property("classification", header.classification),
        ],
        "links": [{"href": f"#{_uuid(issue.organization, header.id, 'pdf')}", "rel": "reference"}],
        "responsible-roles": responsible,
        "control-implementations": [
            {
                "uuid": _uuid(issue.organization, header.id, "implementation"),
                "source": f"#{source}",
                "description": f"What {header.title} states under each criterion.",
                "implemented-requirements": requirements,
            }
        ],
    }


def _served(each: PublishedText) -> dict[str, list[Statement]]:
    """The statements that apply, by criterion."""
    served: dict[str, list[Statement]] = {}
    for statement in each.text.statements:
        if statement.applies:
            for criterion in statement.criteria:
                served.setdefault(criterion, []).append(statement)
    return dict(sorted(served.items()))


def _requirement(
    each: PublishedText, criterion: str, statements: Sequence[Statement], issue: Issue
) -> Json:
    lines = [f"{row.id}: {dialect.plain(row.text)}" for row in statements]
    properties: list[Json] = [
        _property("statement", row.id, group=row.control) for row in statements
    ]
    return {
        "uuid": _uuid(issue.organization, each.text.header.id, criterion),
        "control-id": control_id(criterion),
        "description": "\n\n".join(lines),
        "props": properties,
    }


def _resource(each: PublishedText, issue: Issue) -> Json:
    header = each.text.header
    found: dict[str, Json] = {
        "uuid": _uuid(issue.organization, header.id, "pdf"),
        "title": f"{header.title} {each.version}",
        "description": f"{header.kind.value.capitalize()} in force.",
    }
    if each.pdf is not None and each.pdf_sha256 is not None:
        found["rlinks"] = [_rlink(each.pdf, "application/pdf", each.pdf_sha256)]
    return found


def _rlink(href: str, media_type: str, sha256: str) -> Json:
    return {
        "href": href,
        "media-type": media_type,
        "hashes": [{"algorithm": "SHA-256", "value": sha256}],
    }


def _property(name: str, value: str, group: str | None = None) -> Json:
    found: dict[str, Json] = {"name": name, "ns": NAMESPACE, "value": value}
    if group is not None:
        found["class"] = group
    return found


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _uuid(*names: str) -> str:
    return str(uuid5(_IDS, "\n".join(names)))


def _bytes(value: Json) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
