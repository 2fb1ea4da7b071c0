"""Parameters: the value that holds for the organization, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from policygen import words
from policygen.conditions.condition import ConditionError, evaluate, parse_condition
from policygen.load.parameters.commitments import answers
from policygen.load.parameters.floors import binding, floors_in_force, keeps, tightened
from policygen.load.parameters.values import merged, misfits, shown
from policygen.model.facts import Origin, ParameterValue
from policygen.problems import Location, Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policygen.conditions.condition import Condition, ConditionContext
    from policygen.load.parameters.commitments import Answer
    from policygen.model.catalogue import Floor, Parameter, Registries, Value
    from policygen.yaml.yamlfile import YamlFile


@dataclass(slots=True)
class _Resolution:
    """What resolving needs at every step, and the problems it meets."""

    plain: Mapping[str, Value]
    file: YamlFile
    registries: Registries
    context: ConditionContext
    problems: list[Problem] = field(default_factory=list)


def resolve_parameters(
    plain: Mapping[str, Value], file: YamlFile, registries: Registries, context: ConditionContext
) -> tuple[dict[str, ParameterValue], list[Problem]]:
    """The value of every parameter, and what is wrong with those that the organization sets.

    A value that does not fit is reported and replaced by the registry's, so that one mistake
    is one problem.

    Args:
        plain: The profile as plain values.
        file: The profile's file, for places.
        registries: All registries.
        context: What floors may ask: the profile, and parameters before floors.
    """
    resolution = _Resolution(plain, file, registries, context)
    overrides = plain.get("parameters")
    overrides = overrides if isinstance(overrides, dict) else {}
    promised, problems = answers(plain, file, registries)
    resolution.problems += problems
    resolution.problems += _unknown_names(resolution, overrides)
    values = {
        parameter.name: _resolve(resolution, parameter, overrides, promised.get(parameter.name))
        for parameter in registries.parameters.values()
    }
    return values, resolution.problems


def raw_values(plain: Mapping[str, Value], registries: Registries) -> dict[str, Value]:
    """Defaults and overrides as they stand, before floors; what conditions of floors may ask."""
    overrides = plain.get("parameters")
    overrides = overrides if isinstance(overrides, dict) else {}
    return {
        name: overrides.get(name, parameter.default)
        for name, parameter in registries.parameters.items()
    }


def _resolve(
    resolution: _Resolution,
    parameter: Parameter,
    overrides: Mapping[str, Value],
    answer: Answer | None,
) -> ParameterValue:
    floors = floors_in_force(parameter, resolution.context)
    floor = binding(parameter.default, floors)
    if answer is not None:
        broken = _below(resolution, parameter, answer.value, answer.location, floors)
        resolution.problems += broken
        return ParameterValue(
            parameter=parameter,
            value=answer.value,
            origin=Origin.COMMITMENT,
            location=answer.location,
            floor=floor,
            source=answer.source,
        )
    if parameter.name in overrides:
        own = _override(resolution, parameter, overrides[parameter.name], floors)
        if own is not None:
            return own
    value = tightened(parameter, parameter.default, floors)
    value = _rows_in_force(resolution, value)
    as_is = all(keeps(parameter.default, one) for one in floors)
    origin = Origin.DEFAULT if as_is else Origin.FLOOR
    return ParameterValue(
        parameter=parameter,
        value=value,
        origin=Origin.UNANSWERED if value is None else origin,
        location=None,
        floor=floor,
        source=None,
    )


def _override(
    resolution: _Resolution, parameter: Parameter, given: Value, floors: tuple[Floor, ...]
) -> ParameterValue | None:
    """The organization's own value; None where it cannot be used."""
    location = resolution.file.location(["parameters", parameter.name])
    if parameter.promise:
        resolution.problems.append(_promise_without_source(parameter, location))
        return None
    found = [
        *_wrong_values(resolution, parameter, given),
        *_below(resolution, parameter, given, location, floors),
    ]
    resolution.problems += found
    if found:
        return None
    if not evaluate(parameter.applies_when, resolution.context):
        resolution.problems.append(_not_applicable(parameter, location))
    return ParameterValue(
        parameter=parameter,
        value=_rows_in_force(resolution, merged(parameter, given)),
        origin=Origin.ORGANIZATION,
        location=location,
        floor=binding(parameter.default, floors),
        source=None,
    )


def _rows_in_force(resolution: _Resolution, value: Value) -> Value:
    """A table without the rows whose `when` is false, and without the column `when`."""
    if not isinstance(value, list):
        return value
    return [
        {key: cell for key, cell in row.items() if key != "when"} if isinstance(row, dict) else row
        for row in value
        if not isinstance(row, dict) or _holds(row.get("when", "true"), resolution.context)
    ]


def _holds(when: Value, context: ConditionContext) -> bool:
    try:
        return evaluate(parse_condition(str(when)), context)
    except ConditionError:
        return True  # reported as a misfit of the row


def _wrong_values(resolution: _Resolution, parameter: Parameter, given: Value) -> Iterator[Problem]:
    for path, clause in misfits(parameter, given, resolution.registries):
        yield Problem(
            code="parameter-value",
            location=resolution.file.location(["parameters", parameter.name, *path]),
            message=f"{parameter.name} {clause}",
            hint=f"policygen explain {parameter.name} shows what it allows.",
        )


def _below(
    resolution: _Resolution,
    parameter: Parameter,
    given: Value,
    location: Location,
    floors: tuple[Floor, ...],
) -> Iterator[Problem]:
    for floor in floors:
        if keeps(given, floor):
            continue
        yield Problem(
            code="parameter-below-floor",
            location=location,
            message=f"{parameter.name} is {shown(given)}, but {floor.source} asks for "
            f"{shown_bound(floor)} while {floor.when.source} holds"
            f"{_places(resolution.file, floor.when)}",
            hint=f"The floor reads: {floor.note}. Remove the line, and the floor sets the value.",
        )


def shown_bound(floor: Floor) -> str:
    """A floor as a clause: `at least 12`, `at most 15, idp_managed refused`."""
    parts = []
    if floor.minimum is not None:
        parts.append(f"at least {words.number(floor.minimum)}")
    if floor.maximum is not None:
        parts.append(f"at most {words.number(floor.maximum)}")
    if floor.at_least is not None:
        parts.append(f"at least {floor.at_least}")
    if floor.equals is not None:
        parts.append(shown(floor.equals))
    if floor.refused:
        parts.append(f"a figure in place of {words.join_words(floor.refused, 'or')}")
    return ", ".join(parts)


def _places(file: YamlFile, when: Condition) -> str:
    """Where the profile states what makes a floor hold, as `(organization.yml:40:3)`."""
    paths = [name.split(".") for name in sorted(when.fields)]
    found = [str(file.location(path)) for path in paths if file.has(path)]
    return f" ({', '.join(found)})" if found else ""


def _promise_without_source(parameter: Parameter, location: Location) -> Problem:
    return Problem(
        code="parameter-promise",
        location=location,
        message=f"{parameter.name} is a promise to customers, so it is answered by a commitment "
        "that names its contract source, not under parameters",
        hint=f"Move it: services, commitments, with parameter: {parameter.name}, value, source "
        "and clause.",
    )


def _not_applicable(parameter: Parameter, location: Location) -> Problem:
    return Problem(
        code="parameter-not-applicable",
        severity=Severity.WARNING,
        location=location,
        message=f"{parameter.name} applies only while {parameter.applies_when.source} holds, "
        "which it does not",
        hint="Remove the line, or answer the question that makes it apply.",
    )


def _unknown_names(resolution: _Resolution, overrides: Mapping[str, Value]) -> Iterator[Problem]:
    rationale = resolution.plain.get("parameter_rationale")
    sections = {
        "parameters": overrides,
        "parameter_rationale": rationale if isinstance(rationale, dict) else {},
    }
    for section, names in sections.items():
        for name in names:
            if name in resolution.registries.parameters:
                continue
            near = words.nearest(name, resolution.registries.parameters)
            yield Problem(
                code="parameter-unknown",
                location=resolution.file.location([section, name], of_key=True),
                message=f"{name} is not a parameter",
                hint=f"Did you mean {near}?"
                if near
                else "policygen explain parameters lists them.",
            )
