"""What templates can name: the profile, parameters, roles, systems and terms as values."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from policygen import words
from policygen.model.profile.root import Profile
from policygen.render.language.noted import Notes, Watched
from policygen.render.language.parameters import each_once, parameters
from policygen.render.language.shapes import SCALAR, Shape, list_of, record, shape_of_model
from policygen.render.language.values import (
    NOTHING,
    Choice,
    KindOfSystem,
    Record,
    RoleName,
    part_name,
    table_view,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policygen.model.catalogue import Value
    from policygen.model.facts import Facts
    from policygen.model.listing import Listed
    from policygen.render.language.values import Names

SCOPE_PARTS = (
    "tsc", "data", "regulatory", "workforce", "locations", "contacts", "services",
    "system_description", "access_roles", "standard_changes", "waivers", "exceptions", "hosting",
    "insurance", "conflicting_duties", "audit",
)  # fmt: skip
"""Parts of the profile that templates reach through `scope`."""

_EVERYWHERE = frozenset({"access_review_frequency"})
"""The parameter that holds for a system without a cadence of its own."""

_SYSTEM = (
    "id", "name", "kind", "kind_phrase", "vendor", "owner_title", "sso", "mfa", "data_classes",
    "access_review", "auth_notes", "in_scope",
)  # fmt: skip
_HOLDER = record(
    "id", "title", "holder", "start", "end", "acting", "vacant_since", "filled_by_title",
    delegations=list_of(record("name", "start", "until")),
    owns=list_of(SCALAR),
    approves=list_of(SCALAR),
)  # fmt: skip
_PERSON = ("id", "name", "title", "kind")
_DOCUMENT = ("id", "title", "kind", "owner_title", "approver_title", "classification")


def shapes(facts: Facts) -> dict[str, Shape]:
    """The names a template may use, with their parts."""
    profile = shape_of_model(Profile)
    scope = {part: profile.fields[part] for part in SCOPE_PARTS}
    scope["people"] = list_of(record(*_PERSON))
    scope["role_holders"] = list_of(_HOLDER)
    scope["documents"] = list_of(record(*_DOCUMENT))
    vendor = profile.fields["vendors"].item or SCALAR
    system = (profile.fields["systems"].item or SCALAR).fields
    return {
        "org": profile.fields["organization"],
        "p": Shape(
            {name: _parameter_shape(value.value) for name, value in facts.parameters.items()}
        ),
        "roles": record(*facts.roles),
        "systems": Shape(
            {
                **dict.fromkeys(facts.registries.system_kinds, record("name")),
                "all": list_of(Shape({**system, **dict.fromkeys(_SYSTEM, SCALAR)})),
            }
        ),
        "vendors": list_of(Shape({**vendor.fields, "owner_title": SCALAR})),
        "scope": Shape(scope),
        "practices": profile.fields["practices"],
        "terms": record(*facts.terms),
        "variant": SCALAR,
    }


def _parameter_shape(value: Value) -> Shape:
    if isinstance(value, dict):
        return Shape({part_name(key): _parameter_shape(part) for key, part in value.items()})
    if isinstance(value, list):
        first = value[0] if value else None
        return list_of(_parameter_shape(first) if isinstance(first, dict) else SCALAR)
    return SCALAR


class Namespace:
    """The values behind the names, built once for an organization."""

    def __init__(self, facts: Facts, documents: Sequence[Listed], behind_list: Names) -> None:
        """Build the values.

        Args:
            facts: What holds for the organization.
            documents: The documents of the set.
            behind_list: Parameters that decide which documents there are and who has them.
        """
        self._facts = facts
        self._documents = documents
        self._behind_list = behind_list
        self._notes = Notes()
        self._roles = {role: self._role_name(role) for role in facts.roles}
        plain = facts.plain
        self._common: dict[str, object] = {
            "org": self._view(plain["organization"]),
            "p": parameters(facts, self._roles, self._tell),
            "roles": Record(dict(self._roles)),
            "systems": self._systems(),
            "vendors": tuple(self._owned(row) for row in _rows(plain["vendors"])),
            "scope": self._scope(),
            "practices": self._view(plain["practices"]),
            "terms": Record(dict(facts.terms)),
        }

    def names(self, variant: str, notes: Notes) -> dict[str, object]:
        """The names for one document; what it reads from now on is noted there."""
        self._notes = notes
        return {**self._common, "variant": variant}

    def _tell(self, names: Names) -> None:
        self._notes.read(names)

    def role_title(self, role: str) -> str:
        """The title of whoever carries a role, pseudo roles included; the id where unknown."""
        name = self._roles.get(role)
        return name.title_as_listed if name is not None else role

    def _role_name(self, role: str) -> RoleName:
        fact = self._facts.roles[role]
        carrier = self._facts.roles.get(fact.filled_by, fact)
        running = words.running(carrier.title, carrier.role.title)
        return RoleName(role, title=carrier.title, running=running)

    def _systems(self) -> Record:
        rows = _rows(self._facts.plain["systems"])
        kinds: dict[str, object] = {}
        for kind, phrase in self._facts.registries.system_kinds.items():
            names = [str(row["name"]) for row in rows if row["kind"] == kind]
            kinds[kind] = KindOfSystem(phrase, words.join_words(names, "and"))
        return Record({**kinds, "all": tuple(self._system(row) for row in rows)})

    def _system(self, row: Mapping[str, Value]) -> Record:
        default = self._facts.parameters["access_review_frequency"].value
        vendors = {
            str(vendor["id"]): vendor["name"] for vendor in _rows(self._facts.plain["vendors"])
        }
        own = row.get("access_review")
        of = NOTHING if own else _EVERYWHERE
        return Watched(
            {
                **{key: self._view(value) for key, value in row.items()},
                "kind_phrase": self._facts.registries.system_kinds.get(str(row["kind"]), ""),
                "vendor": vendors.get(str(row.get("vendor_ref")), ""),
                "owner_title": self.role_title(str(row["owner_role"])),
                "access_review": Choice(str(own or default), "", of),
            },
            {"access_review": of},
            self._tell,
        )

    def _owned(self, row: Mapping[str, Value]) -> Record:
        parts = {key: self._view(value) for key, value in row.items()}
        return Record({**parts, "owner_title": self.role_title(str(row.get("owner_role")))})

    def _scope(self) -> Record:
        plain = self._facts.plain
        parts: dict[str, object] = {part: self._view(plain[part]) for part in SCOPE_PARTS}
        parts["services"] = tuple(self._service(row) for row in _rows(plain["services"]))
        parts["access_roles"] = tuple(
            Record(
                {
                    **{key: self._view(value) for key, value in row.items()},
                    "approver_roles": each_once(
                        cast("list[str]", row.get("approver_roles") or []), self._roles
                    ),
                }
            )
            for row in _rows(plain["access_roles"])
        )
        parts["people"] = tuple(
            Record({key: row.get(key) for key in _PERSON}) for row in _rows(plain["people"])
        )
        parts["role_holders"] = tuple(
            self._holder(role) for role, fact in self._facts.roles.items() if not fact.role.pseudo
        )
        parts["documents"] = tuple(
            Record(
                {
                    "id": row.id,
                    "title": row.title,
                    "kind": row.kind,
                    "classification": row.classification,
                    "owner_title": self.role_title(row.owner),
                    "approver_title": self.role_title(row.approver) if row.approver else "",
                }
            )
            for row in self._documents
        )
        return Watched(parts, {"documents": self._behind_list}, self._tell)

    def _service(self, row: Mapping[str, Value]) -> Record:
        """A service; a commitment of it answers a parameter, and goes where the answer does."""
        commitments = tuple(
            table_view(one, {}, frozenset({str(one["parameter"])} if one["parameter"] else ()))
            for one in _rows(row["commitments"])
        )
        promises = frozenset(
            name for name, value in self._facts.parameters.items() if value.parameter.promise
        )
        parts = {key: self._view(value) for key, value in row.items()}
        return Watched({**parts, "commitments": commitments}, {"commitments": promises}, self._tell)

    def _holder(self, role: str) -> Record:
        fact = self._facts.roles[role]
        people = {str(row["id"]): str(row["name"]) for row in _rows(self._facts.plain["people"])}
        held = cast("dict[str, dict[str, Value]]", self._facts.plain["roles"]).get(role) or {}
        delegations = [
            Record(
                {
                    "name": people.get(str(row["to"]), str(row["to"])),
                    "start": row["from"],
                    "until": row["until"],
                }
            )
            for row in _rows(held.get("delegations") or [])
        ]
        titles = [row.title for row in self._documents if row.owner == role]
        approved = [row.title for row in self._documents if row.approver == role]
        return Watched(
            {
                "id": role,
                "title": fact.title,
                "holder": people.get(fact.holder or "", ""),
                "start": held.get("from"),
                "end": held.get("to"),
                "acting": people.get(str(held.get("acting")), ""),
                "vacant_since": fact.vacant_since or "",
                "filled_by_title": "" if fact.filled_by == role else self.role_title(role),
                "delegations": tuple(delegations),
                "owns": tuple(titles),
                "approves": tuple(approved),
            },
            {"owns": self._behind_list, "approves": self._behind_list},
            self._tell,
        )

    def _view(self, value: Value) -> object:
        return table_view(value, {})


def _rows(value: Value) -> list[dict[str, Value]]:
    return cast("list[dict[str, Value]]", value)
