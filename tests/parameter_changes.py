"""Other values for each parameter: what the registry allows beside what an organization has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policygen.load.facts import condition_context
from policygen.load.parameters.floors import floors_in_force, keeps
from policygen.load.parameters.values import CLOCKS, misfits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.model.catalogue import Parameter
    from policygen.model.facts import Facts, ParameterValue
    from tests.organizations import Plain

UNANSWERED = object()
"""The other value of a promise that is answered, and of everything else that is asked."""


def other_values(facts: Facts, name: str) -> list[Any]:
    """Values that a parameter may have instead of the one it has, the most telling first.

    Choices are all of them. Figures are those beside which words change: the ends of the range,
    none, one and two (a singular, a plural), and a neighbour of the value. A table changes in
    every cell.
    """
    held = facts.parameters[name]
    parameter = held.parameter
    floors = floors_in_force(parameter, condition_context(facts))
    allowed = [
        value
        for value in _candidates(held)
        if value != held.value
        and not any(misfits(parameter, value, facts.registries))
        and all(keeps(value, floor) for floor in floors)
    ]
    if parameter.default is None and held.value is not None:
        allowed.insert(1, UNANSWERED)
    return [value for index, value in enumerate(allowed) if value not in allowed[:index]]


def change(profile: Plain, facts: Facts, name: str, value: Any) -> None:  # of any type
    """Give a parameter another value in a profile, where its kind is answered."""
    parameter = facts.parameters[name].parameter
    if not parameter.promise:
        own = profile.setdefault("parameters", {})
        own[name] = value
        if value is UNANSWERED:
            del own[name]
        return
    rows = [row for service in profile["services"] for row in service.get("commitments", ())]
    answer = next((row for row in rows if row.get("parameter") == name), None)
    if value is UNANSWERED:
        for service in profile["services"]:
            service["commitments"] = [
                row for row in service.get("commitments", ()) if row.get("parameter") != name
            ]
    elif answer is not None:
        answer["value"] = value
    else:
        profile["services"][0].setdefault("commitments", []).append(
            {
                "id": name.replace("_", "-"),
                "text": "It is promised.",
                "source": "MSA",
                "clause": "4.1",
                "parameter": name,
                "value": value,
            }
        )


def _candidates(held: ParameterValue) -> Iterator[Any]:
    parameter = held.parameter
    value: Any = held.value  # of the type of the parameter
    match parameter.type:
        case "bool":
            yield not value
        case "enum":
            yield from parameter.choices
        case "int" | "number" | "money":
            yield from _figures(parameter, value)
        case "range":
            yield [value[0] + 1, value[1] + 1]
        case "list[int]":
            yield [value[0] + 1]
            yield [1]
        case "list":
            yield from _lists(parameter, value)
        case _ if isinstance(value, dict):
            yield from _dicts(parameter, value)
        case _:
            changed = [_changed(row) for row in value]
            yield from (changed, [*changed, {**changed[-1], next(iter(value[-1])): "one more"}])


def _figures(parameter: Parameter, value: Any) -> Iterator[Any]:
    low, high = parameter.minimum or 0, parameter.maximum or 1_000_000
    whole = parameter.type != "number"
    ends = [int(low) if whole else low, int(high) if whole else high]
    yield from (1, 2, 0, *parameter.alternatives, *ends)
    if isinstance(value, int):
        yield from (value + 1, value - 1)


def _lists(parameter: Parameter, value: list[Any]) -> Iterator[Any]:
    if parameter.holds == "roles":
        yield ["security_officer"]
        yield ["security_officer", "legal_lead", "it_lead"]
    elif parameter.holds == "severities":
        yield ["SEV1"]
        yield ["SEV1", "SEV2", "SEV3"]
    else:
        yield value[:1]
        yield [*value, "lint"]


def _dicts(parameter: Parameter, value: dict[str, Any]) -> Iterator[Any]:
    if parameter.choices:
        yield from (dict.fromkeys(value, one) for one in parameter.choices)
    elif parameter.name == CLOCKS:
        yield {key: f"1 {cell.split(' ', 1)[1]}".rstrip("s") for key, cell in value.items()}
    else:
        yield {key: cell - 1 for key, cell in value.items()}
        if parameter.maximum is not None:
            yield {key: cell + 1 for key, cell in value.items()}


def _changed(row: dict[str, Any]) -> dict[str, Any]:
    """A row with every cell changed but the one that names it, which others refer to."""
    name, *_ = row
    cells = {key: _other(cell) for key, cell in row.items() if key not in ("when", name)}
    return {name: row[name], **cells}


def _other(cell: Any) -> Any:
    match cell:
        case bool():
            return not cell
        case int():
            return cell + 1
        case str():
            return f"{cell}, and more"
        case _:
            return cell
