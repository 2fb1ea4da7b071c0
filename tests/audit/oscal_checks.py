"""What must hold of OSCAL files beside their schema."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TOKEN = re.compile(r"[^\W\d][\w.-]*")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
PINNED = "1.2.1"


def oscal_faults(files: Mapping[str, bytes]) -> list[str]:
    """Every fault, in words."""
    catalog = json.loads(files["catalog.json"])["catalog"]
    definition = json.loads(files["component-definition.json"])["component-definition"]
    return [
        *_versions(catalog, definition),
        *_controls(catalog, definition),
        *_links(definition),
        *_roles(definition),
        *_ids(catalog, definition),
        *_hashes(files, definition),
        *_tokens(catalog, definition),
    ]


def walk(value: object) -> Iterator[dict[str, object]]:
    """Every object, outermost first."""
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from walk(item)
    elif isinstance(value, list):
        for item in value:
            yield from walk(item)


def _versions(*files: dict[str, object]) -> Iterator[str]:
    for file in files:
        metadata = next(walk(file["metadata"]))
        if metadata["oscal-version"] != PINNED:
            yield f"oscal-version is {metadata['oscal-version']}"
        if not MOMENT.fullmatch(str(metadata["last-modified"])):
            yield f"last-modified is {metadata['last-modified']}"


def _controls(catalog: dict[str, object], definition: dict[str, object]) -> Iterator[str]:
    known = {each["id"] for each in walk(catalog) if each.get("class") == "criterion"}
    for each in walk(definition):
        if "control-id" in each and each["control-id"] not in known:
            yield f"control {each['control-id']} is in no catalog"


def _links(definition: dict[str, object]) -> Iterator[str]:
    known = {str(each["uuid"]) for each in walk(definition.get("back-matter")) if "uuid" in each}
    for each in walk(definition):
        for key in ("href", "source"):
            target = each.get(key)
            if isinstance(target, str) and target.startswith("#") and target[1:] not in known:
                yield f"{target} leads nowhere"


def _roles(definition: dict[str, object]) -> Iterator[str]:
    metadata = next(walk(definition["metadata"]))
    roles = {each["id"] for each in walk(metadata.get("roles"))}
    parties = {each["uuid"] for each in walk(metadata.get("parties"))}
    for each in walk(definition):
        if "role-id" in each:
            if each["role-id"] not in roles:
                yield f"role {each['role-id']} is not listed"
            named = each.get("party-uuids", [])
            assert isinstance(named, list)
            yield from (f"party {party} is not listed" for party in named if party not in parties)


def _ids(*files: dict[str, object]) -> Iterator[str]:
    for file in files:
        uuids = [str(each["uuid"]) for each in walk(file) if "uuid" in each]
        yield from (f"uuid {uuid} stands twice" for uuid, n in Counter(uuids).items() if n > 1)
        yield from (f"{uuid} is no uuid5" for uuid in uuids if UUID(uuid).version != 5)


def _hashes(files: Mapping[str, bytes], definition: dict[str, object]) -> Iterator[str]:
    for each in walk(definition):
        for entry in walk(each.get("hashes")):
            if not re.fullmatch(r"[0-9a-f]{64}", str(entry["value"])):
                yield f"{entry['value']} is no SHA-256"
            own = files.get(str(each["href"]))
            if own is not None and hashlib.sha256(own).hexdigest() != entry["value"]:
                yield f"the hash of {each['href']} is another one"


def _tokens(*files: dict[str, object]) -> Iterator[str]:
    for file in files:
        for each in walk(file):
            for key in ("id", "control-id", "role-id", "class", "name"):
                value = each.get(key)
                if key == "name" and "uuid" in each:
                    continue  # the name of a party is a text
                if isinstance(value, str) and not TOKEN.fullmatch(value):
                    yield f"{key} {value} is no token"
            yield from (f"{key} is empty" for key, value in each.items() if value in ("", [], {}))
