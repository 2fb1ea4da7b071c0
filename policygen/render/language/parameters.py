"""The parameters as templates name them, each telling when it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.render.language.behind import behind
from policygen.render.language.noted import Watched
from policygen.render.language.values import Record, parameter_view, printed, sources_of
from policygen.render.own_words import OwnWords

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from policygen.model.catalogue import Parameter
    from policygen.model.facts import Facts
    from policygen.render.language.values import Names, RoleName

    Tell = Callable[[Names], None]


def parameters(facts: Facts, roles: Mapping[str, RoleName], tell: Tell) -> Record:
    """What `p` is in a template.

    Args:
        facts: The values.
        roles: Every role by its id.
        tell: Hears which parameters stand behind each value that is read.
    """
    own_words = OwnWords(facts)
    values = {name: own_words.default(value) for name, value in facts.parameters.items()}
    plain = {
        name: text
        for name, value in values.items()
        if not isinstance(value.value, list | dict)
        and (text := printed(parameter_view(value, {}))) is not None
    }
    numbers = {
        name: text.split(" ")[0] if text[:1].isdigit() else text for name, text in plain.items()
    }
    views = {
        name: _at_hand(parameter_view(value, numbers), value.parameter, roles, tell)
        for name, value in values.items()
    }
    return Watched(views, {name: behind(row, facts) for name, row in values.items()}, tell)


def _at_hand(
    value: object, parameter: Parameter, roles: Mapping[str, RoleName], tell: Tell
) -> object:
    """A list of role ids becomes a list of roles; rows tell what their cells name."""
    if isinstance(value, tuple) and parameter.type == "table":
        return tuple(_row(row, tell) if isinstance(row, Record) else row for row in value)
    if isinstance(value, tuple) and parameter.holds == "roles":
        of = frozenset({parameter.name})
        return each_once(value, {name: role.named_by(of) for name, role in roles.items()})
    return value


def each_once(names: Iterable[object], roles: Mapping[str, RoleName]) -> tuple[object, ...]:
    """Roles by id; of those that print one title, and so are one to a reader, the first."""
    found: dict[str | None, object] = {}
    for name in names:
        role = roles.get(name, name) if isinstance(name, str) else name
        found.setdefault(printed(role), role)
    return tuple(found.values())


def _row(row: Record, tell: Tell) -> Record:
    cells = {name: getattr(row, name) for name in row}
    return Watched(cells, {name: sources_of(cell) for name, cell in cells.items()}, tell)
