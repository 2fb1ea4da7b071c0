"""Promises to customers: commitments of services that answer a parameter, with their source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen import words
from policygen.load.parameters.values import misfits, shown
from policygen.problems import Location, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policygen.model.catalogue import Parameter, Registries, Value
    from policygen.yaml.yamlfile import YamlFile

_MORE_IS_STRICTER = frozenset(
    {
        "customer_change_notice_days",
        "maintenance_notice_hours",
        "subprocessor_notice_days",
        "uptime_target_percent",
    }
)
"""Promises where the larger figure binds us more; with all others it is the smaller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The value that a commitment promises."""

    value: Value
    source: str
    """Contract and clause, e.g. `MSA clause 4.2`."""

    location: Location
    """Where the value is written."""


def answers(
    plain: Mapping[str, Value], file: YamlFile, registries: Registries
) -> tuple[dict[str, Answer], list[Problem]]:
    """The promise that binds most for each parameter, over all services in scope.

    Services may promise different figures; what is written for all of them must keep each.
    """
    found: dict[str, Answer] = {}
    problems: list[Problem] = []
    for path, commitment in _commitments(plain):
        name = commitment.get("parameter")
        if not isinstance(name, str):
            continue
        parameter = registries.parameters.get(name)
        wrong = list(_wrong(path, commitment, name, parameter, file, registries))
        problems += wrong
        if wrong or parameter is None:
            continue
        answer = Answer(
            value=commitment.get("value"),
            source=contract_source(commitment),
            location=file.location([*path, "value"]),
        )
        found[name] = _stricter(name, found.get(name), answer)
    return found, problems


def contract_source(commitment: Mapping[str, Value]) -> str:
    """The contract and its clause as a reader looks it up."""
    source, clause = str(commitment.get("source") or ""), str(commitment.get("clause") or "")
    if clause[:1].isdigit():
        clause = f"clause {clause}"
    return f"{source} {clause}".strip()


def _commitments(
    plain: Mapping[str, Value],
) -> Iterator[tuple[list[str | int], Mapping[str, Value]]]:
    services = plain.get("services")
    for at, service in enumerate(services if isinstance(services, list) else ()):
        if not isinstance(service, dict) or service.get("in_scope") is False:
            continue
        commitments = service.get("commitments")
        for place, commitment in enumerate(commitments if isinstance(commitments, list) else ()):
            if isinstance(commitment, dict):
                yield ["services", at, "commitments", place], commitment


def _wrong(
    path: list[str | int],
    commitment: Mapping[str, Value],
    name: str,
    parameter: Parameter | None,
    file: YamlFile,
    registries: Registries,
) -> Iterator[Problem]:
    if parameter is None or not parameter.promise:
        promises = [known.name for known in registries.parameters.values() if known.promise]
        near = words.nearest(name, promises)
        yield Problem(
            code="commitment-parameter",
            location=file.location([*path, "parameter"]),
            message=f"{name} is not a parameter that a commitment answers",
            hint=f"Did you mean {near}?"
            if near
            else f"Commitments answer {words.join_words(promises, 'and')}.",
        )
        return
    if commitment.get("value") is None:
        yield Problem(
            code="commitment-value",
            location=file.location(path),
            message=f"the commitment names {name} but gives no value",
            hint=f"Write value: with the figure that {contract_source(commitment)} promises.",
        )
        return
    for _, clause in misfits(parameter, commitment.get("value"), registries):
        yield Problem(
            code="commitment-value",
            location=file.location([*path, "value"]),
            message=f"{name} {clause}",
            hint=f"policygen explain {name} shows what it allows.",
        )
    if not commitment.get("clause"):
        yield Problem(
            code="commitment-source",
            location=file.location(path),
            message=f"the commitment promises {name} {shown(commitment.get('value'))} without "
            "the clause that says so",
            hint="Write clause: with its number or heading in the contract.",
        )


def _stricter(name: str, held: Answer | None, other: Answer) -> Answer:
    if (
        held is None
        or not isinstance(held.value, int | float)
        or not isinstance(other.value, int | float)
    ):
        return held or other
    if name in _MORE_IS_STRICTER:
        return max(held, other, key=_figure)
    return min(held, other, key=_figure)


def _figure(answer: Answer) -> float:
    return answer.value if isinstance(answer.value, int | float) else 0.0
