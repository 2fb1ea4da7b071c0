"""Rules about ids: each is given once, and whatever is named exists."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from policygen import words
from policygen.load.profile.rule import broken

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from policygen.load.profile.rule import Rule
    from policygen.model.profile.root import Profile
    from policygen.problems import Problem
    from policygen.yaml.yamlfile import YamlFile

Mention: TypeAlias = "tuple[tuple[str | int, ...], str | None]"
"""Where an id is named, and which."""

_SHARED = ("people", "systems", "vendors", "locations")
_APART = (
    "services",
    "access_roles",
    "standard_changes",
    "waivers",
    "exceptions",
    "conflicting_duties",
)


def _shared_ids_are_unique(profile: Profile, file: YamlFile) -> Iterator[Problem]:
    """People, systems, vendors and locations share one set of ids."""
    seen: dict[str, tuple[str | int, ...]] = {}
    for section in _SHARED:
        for index, item in enumerate(getattr(profile, section)):
            yield from _once(file, seen, item.id, (section, index, "id"))


def _ids_of_lists_are_unique(profile: Profile, file: YamlFile) -> Iterator[Problem]:
    """Within every other list an id stands once."""
    for section in _APART:
        seen: dict[str, tuple[str | int, ...]] = {}
        for index, item in enumerate(getattr(profile, section)):
            yield from _once(file, seen, item.id, (section, index, "id"))
    classes: dict[str, tuple[str | int, ...]] = {}
    for index, data_class in enumerate(profile.data.classes):
        yield from _once(file, classes, data_class.id, ("data", "classes", index, "id"))
    cuecs: dict[str, tuple[str | int, ...]] = {}
    for index, cuec in enumerate(profile.system_description.cuecs):
        yield from _once(file, cuecs, cuec.id, ("system_description", "cuecs", index, "id"))
    promises: dict[str, tuple[str | int, ...]] = {}
    for at, service in enumerate(profile.services):
        for index, promise in enumerate(service.commitments):
            path = ("services", at, "commitments", index, "id")
            yield from _once(file, promises, promise.id, path)


def _once(
    file: YamlFile,
    seen: dict[str, tuple[str | int, ...]],
    name: str,
    path: tuple[str | int, ...],
) -> Iterator[Problem]:
    first = seen.setdefault(name, path)
    if first != path:
        yield broken(
            file,
            path,
            "profile-duplicate-id",
            f"the id {name} is already taken at {file.location(first)}",
            "Give it an id of its own.",
        )


def _people_exist(profile: Profile, file: YamlFile) -> Iterator[Problem]:
    """Whoever is named is in the list of people."""
    known = [person.id for person in profile.people]
    yield from _unknown(file, _people_named(profile), known, "one of people")


def _people_named(profile: Profile) -> Iterator[Mention]:
    for role, holding in profile.roles.items():
        yield ("roles", role, "person"), holding.person
        yield ("roles", role, "acting"), holding.acting
        for index, delegation in enumerate(holding.delegations):
            yield ("roles", role, "delegations", index, "to"), delegation.to
            yield ("roles", role, "delegations", index, "signed_by"), delegation.signed_by
    for index, waiver in enumerate(profile.waivers):
        yield ("waivers", index, "approved_by"), waiver.approved_by
        yield ("waivers", index, "beneficiary"), waiver.beneficiary
    for index, exception in enumerate(profile.exceptions):
        yield ("exceptions", index, "approved_by"), exception.approved_by
        yield ("exceptions", index, "beneficiary"), exception.beneficiary
    for index, document in enumerate(profile.documents.exclude):
        yield ("documents", "exclude", index, "approved_by"), document.approved_by
    for index, left_out in enumerate(profile.documents.statements_left_out):
        yield ("documents", "statements_left_out", index, "approved_by"), left_out.approved_by


def _data_classes_exist(profile: Profile, file: YamlFile) -> Iterator[Problem]:
    """Every class of data that is named is described."""
    known = [data_class.id for data_class in profile.data.classes]
    yield from _unknown(file, _data_classes_named(profile), known, "a class under data.classes")


def _data_classes_named(profile: Profile) -> Iterator[Mention]:
    for index, system in enumerate(profile.systems):
        for at, name in enumerate(system.data_classes):
            yield ("systems", index, "data_classes", at), name
    for index, vendor in enumerate(profile.vendors):
        for at, name in enumerate(vendor.data_classes):
            yield ("vendors", index, "data_classes", at), name
    for at, name in enumerate(profile.system_description.boundaries.data):
        yield ("system_description", "boundaries", "data", at), name


def _vendors_exist(profile: Profile, file: YamlFile) -> Iterator[Problem]:
    """The maker of a system is a vendor."""
    known = [vendor.id for vendor in profile.vendors]
    named = (
        (("systems", index, "vendor_ref"), system.vendor_ref)
        for index, system in enumerate(profile.systems)
    )
    yield from _unknown(file, named, known, "one of vendors")


def _addresses_exist(profile: Profile, file: YamlFile) -> Iterator[Problem]:
    """A location stands at an address of the organization."""
    known = [address.label for address in profile.organization.addresses]
    named = (
        (("locations", index, "address_ref"), location.address_ref)
        for index, location in enumerate(profile.locations)
    )
    yield from _unknown(file, named, known, "the label of an address of the organization")


def _access_roles_fit(profile: Profile, file: YamlFile) -> Iterator[Problem]:
    """An access role opens systems that exist and conflicts with roles that exist."""
    systems = [system.id for system in profile.systems]
    roles = [role.id for role in profile.access_roles]
    for index, role in enumerate(profile.access_roles):
        opens = (
            (("access_roles", index, "entitlements", at, "system"), entitlement.system)
            for at, entitlement in enumerate(role.entitlements)
        )
        yield from _unknown(file, opens, systems, "one of systems")
        conflicts = (
            (("access_roles", index, "conflicts_with", at), name)
            for at, name in enumerate(role.conflicts_with)
        )
        yield from _unknown(file, conflicts, roles, "one of access_roles")


def _unknown(
    file: YamlFile, mentions: Iterator[Mention], known: Collection[str], what: str
) -> Iterator[Problem]:
    for path, name in mentions:
        if name is None or name in known:
            continue
        near = words.nearest(name, known)
        yield broken(
            file,
            path,
            "profile-unknown-person" if what == "one of people" else "profile-unknown-id",
            f'{path[-1] if isinstance(path[-1], str) else path[-2]} "{name}" is not {what}',
            f"did you mean {near}?" if near else f"Known: {', '.join(known) or 'none yet'}.",
        )


REFERENCE_RULES: tuple[Rule, ...] = (
    _shared_ids_are_unique,
    _ids_of_lists_are_unique,
    _people_exist,
    _data_classes_exist,
    _vendors_exist,
    _addresses_exist,
    _access_roles_fit,
)
"""Rules about ids."""
