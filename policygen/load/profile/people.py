"""Rules about people and roles: who may hold what, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.load.profile.rule import broken, doubtful

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from policygen.load.profile.rule import Rule
    from policygen.model.profile.people import Person, RoleHolding
    from policygen.model.profile.root import Profile
    from policygen.problems import Problem
    from policygen.yaml.yamlfile import YamlFile


def _stays_ordered(profile: Profile, file: YamlFile) -> Iterator[Problem]:
    """Nobody leaves before they come."""
    for index, person in enumerate(profile.people):
        if person.start_date and person.end_date and person.end_date < person.start_date:
            yield broken(
                file,
                ["people", index, "end_date"],
                "profile-dates",
                f"{person.id} leaves on {person.end_date}, before starting on {person.start_date}",
                "Correct one of the two days.",
            )


def _mails_are_one_persons(profile: Profile, file: YamlFile) -> Iterator[Problem]:
    """A git mail or forge account belongs to one person, or authorship could not be told."""
    held: dict[str, str] = {}
    for index, person in enumerate(profile.people):
        marks: list[tuple[str, tuple[str | int, ...]]] = []
        if person.email:
            marks.append((person.email.casefold(), ("email",)))
        marks += [(mail.casefold(), ("emails", at)) for at, mail in enumerate(person.emails)]
        marks += [
            (f"account {login.id} on {login.host}", ("forge", at, "id"))
            for at, login in enumerate(person.forge)
        ]
        for mark, where in marks:
            other = held.setdefault(mark, person.id)
            if other != person.id:
                yield broken(
                    file,
                    ["people", index, *where],
                    "profile-shared-mail",
                    f"{mark} belongs to {other} and to {person.id}",
                    "An address or account tells who wrote a text, so it has one owner.",
                )


def _holders_fit(profile: Profile, file: YamlFile) -> Iterator[Problem]:
    """A role has a holder with a first day, or a dated vacancy, not both."""
    for role, holding in profile.roles.items():
        path = ("roles", role)
        if holding.person and holding.start is None:
            yield broken(
                file,
                (*path, "person"),
                "profile-role-window",
                f"roles.{role} does not say since when {holding.person} holds it",
                "Add from: with the first day.",
            )
        if holding.person and holding.vacant_since:
            yield broken(
                file,
                (*path, "vacant_since"),
                "profile-role-window",
                f"roles.{role} is vacant and held by {holding.person} at once",
                "Remove person or vacant_since.",
            )
        if holding.acting and not holding.vacant_since:
            yield broken(
                file,
                (*path, "acting"),
                "profile-role-window",
                f"roles.{role} has an acting holder but does not say since when it is vacant",
                "Add vacant_since, or use delegations for an absence.",
            )
        if holding.start and holding.to and holding.to < holding.start:
            yield broken(
                file,
                (*path, "to"),
                "profile-role-window",
                f"roles.{role} ends on {holding.to}, before it begins on {holding.start}",
                "Correct one of the two days.",
            )


def _ceo_is_held(profile: Profile, file: YamlFile) -> Iterator[Problem]:
    """Every chain of fallbacks ends at the ceo."""
    holding = profile.roles.get("ceo")
    if holding is None or not (holding.person or holding.acting):
        yield broken(
            file,
            ["roles", "ceo"],
            "profile-ceo",
            "roles.ceo names nobody, but every other role falls back to it",
            "Name the person who leads the organization: ceo: {person: id, from: YYYY-MM-DD}.",
        )


def _windows_fit_people(profile: Profile, file: YamlFile) -> Iterator[Problem]:
    """Nobody holds a role before they come or after they leave."""
    for role, holding in profile.roles.items():
        person = profile.person(holding.person or "")
        if person is not None:
            yield from _window_of(role, holding, person, file)
        acting = profile.person(holding.acting or "")
        if acting is not None and acting.end_date:
            yield _left(role, acting.id, acting.end_date, file, "acting")


def _window_of(
    role: str, holding: RoleHolding, person: Person, file: YamlFile
) -> Iterator[Problem]:
    end = person.end_date
    if end and (holding.to is None or holding.to > end):
        yield _left(role, person.id, end, file, "person" if holding.to is None else "to")
    if person.start_date and holding.start and holding.start < person.start_date:
        yield doubtful(
            file,
            ["roles", role, "from"],
            "profile-role-window",
            f"{person.id} holds {role} from {holding.start}, before starting on "
            f"{person.start_date}",
            "Correct one of the two days.",
        )


def _left(role: str, person: str, end: date, file: YamlFile, key: str) -> Problem:
    return broken(
        file,
        ["roles", role, key],
        "profile-leaver",
        f"{person} leaves on {end} but holds {role} beyond that day",
        f"Give {role} to somebody else, or end it with to: on or before {end}.",
    )


def _delegations_fit(profile: Profile, file: YamlFile) -> Iterator[Problem]:
    """A delegation has an order of days, another person, and somebody entitled to give it."""
    ceo = profile.roles.get("ceo")
    for role, holding in profile.roles.items():
        for index, delegation in enumerate(holding.delegations):
            path = ("roles", role, "delegations", index)
            if delegation.until < delegation.start:
                yield broken(
                    file,
                    (*path, "until"),
                    "profile-delegation",
                    f"a delegation of {role} ends on {delegation.until}, before it begins",
                    "Correct one of the two days.",
                )
            if delegation.to == holding.person:
                yield broken(
                    file,
                    (*path, "to"),
                    "profile-delegation",
                    f"{delegation.to} holds {role} and is its delegate",
                    "Name another person.",
                )
            if delegation.signed_by not in (holding.person, ceo.person if ceo else None):
                yield broken(
                    file,
                    (*path, "signed_by"),
                    "profile-delegation",
                    f"{delegation.signed_by} cannot delegate {role}: its holder or the ceo can",
                    "Name who signed the delegation.",
                )


def _delegates_stay(profile: Profile, file: YamlFile) -> Iterator[Problem]:
    """Nobody acts for another after they leave."""
    for role, holding in profile.roles.items():
        for index, delegation in enumerate(holding.delegations):
            delegate = profile.person(delegation.to)
            if delegate and delegate.end_date and delegate.end_date < delegation.until:
                yield broken(
                    file,
                    ["roles", role, "delegations", index, "until"],
                    "profile-leaver",
                    f"{delegate.id} leaves on {delegate.end_date} but acts as {role} until "
                    f"{delegation.until}",
                    "Delegate to somebody who stays, or end the delegation earlier.",
                )


def _ceo_does_not_oversee_themselves(profile: Profile, file: YamlFile) -> Iterator[Problem]:
    """Oversight is by somebody else than the one overseen."""
    ceo = profile.roles.get("ceo")
    for role in ("board", "outside_adviser"):
        holding = profile.roles.get(role)
        if holding is None or ceo is None:
            continue
        same = {holding.person, holding.acting} & {ceo.person, ceo.acting} - {None}
        for person in same:
            yield broken(
                file,
                ["roles", role, "person" if holding.person == person else "acting"],
                "profile-oversight",
                f"{person} is the ceo and holds {role}, which oversees the ceo",
                "Name somebody else; where nobody is, leave the role out and the texts say so.",
            )


def _governing_body_has_a_chair(profile: Profile, file: YamlFile) -> Iterator[Problem]:
    """The role that speaks for the governing body is the one its kind has."""
    kind = profile.organization.governing_body.kind
    path = ("organization", "governing_body", "kind")
    board = profile.roles.get("board")
    held = board is not None and bool(board.person or board.acting or board.vacant_since)
    if kind == "board" and not held:
        yield doubtful(
            file,
            path,
            "profile-governing-body",
            "the governing body is a board, but nobody holds the role board",
            "Name its chair under roles, or choose advisory or owner.",
        )
    if kind != "board" and held:
        yield broken(
            file,
            ["roles", "board"],
            "profile-governing-body",
            f"roles.board is held, but the governing body is {kind} ({file.location(path)})",
            "Use outside_adviser, or set kind: board where there is one.",
        )


PEOPLE_RULES: tuple[Rule, ...] = (
    _stays_ordered,
    _mails_are_one_persons,
    _ceo_is_held,
    _holders_fit,
    _windows_fit_people,
    _delegations_fit,
    _delegates_stay,
    _ceo_does_not_oversee_themselves,
    _governing_body_has_a_chair,
)
"""Rules about people and roles."""
