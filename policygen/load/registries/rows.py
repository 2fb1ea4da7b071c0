"""Rows of the registries: their schema, and the values they become."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, model_validator

from policygen import words
from policygen.conditions.condition import ConditionError, parse_condition
from policygen.model.catalogue import Binding, Control, Crosswalk, Floor, Parameter, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from policygen.model.catalogue import Value
    from policygen.problems import Location


def _condition_text(text: str) -> str:
    try:
        parse_condition(text)
    except ConditionError as error:
        raise ValueError(f"a condition ({error.message} at its column {error.column})") from error
    return text


Snake: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Line: TypeAlias = Annotated[str, Field(min_length=1, max_length=400, pattern=r"^[^\n]*$")]
ConditionText: TypeAlias = Annotated[str, AfterValidator(_condition_text)]
Number: TypeAlias = Annotated[int | float, Field(allow_inf_nan=False)]
Scalar: TypeAlias = str | int | float | bool


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ControlRow(_Row):
    """A control as a registry file writes it."""

    id: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{1,7}-\d{2,3}$")]
    title: Line
    description: Line
    owner: Snake
    frequency: Snake
    key: bool = False
    nature: Literal["preventive", "detective", "corrective"]
    mode: Literal["manual", "automated"]
    criteria: Annotated[list[str], Field(min_length=1)]
    optional: bool = False
    when: ConditionText = "true"
    population: Line
    attribute: Line


class FloorRow(_Row):
    """A floor of a parameter as a registry file writes it."""

    when: ConditionText
    source: Line
    note: Line
    minimum: Number | None = None
    maximum: Number | None = None
    at_least: str | None = None
    equals: Scalar | None = None
    refused: list[str] = []


class ParameterRow(_Row):
    """A parameter as a registry file writes it."""

    name: Snake
    type: Literal["int", "number", "bool", "enum", "list", "list[int]", "table", "range", "money"]
    default: JsonValue = None
    ask: bool = False
    promise: bool = False
    suggested: JsonValue = None
    suggested_for: dict[str, JsonValue] = {}
    minimum: Number | None = None
    maximum: Number | None = None
    choices: list[Scalar] = []
    alternatives: list[str] = []
    holds: Literal["roles", "severities"] | None = None
    unit: Line | None = None
    labels: dict[str, Line] = {}
    note: str = ""
    applies_when: ConditionText = "true"
    floors: list[FloorRow] = []

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> ParameterRow:
        if self.ask is (self.default is not None):
            raise ValueError("a parameter with either a default or ask: true")
        if self.promise and not self.ask:
            raise ValueError("a promise with ask: true and without a default")
        if self.type == "enum" and not self.choices:
            raise ValueError("an enum with its choices, the strictest first")
        if self.type == "enum":
            unlabelled = [
                str(choice)
                for choice in self.choices
                if str(choice) not in self.labels and not words.is_frequency(str(choice))
            ]
            if unlabelled:
                raise ValueError(
                    f"an enum whose labels say how {unlabelled[0]} reads in a sentence"
                )
        return self


class RoleRow(_Row):
    """A role as a registry file writes it."""

    id: Snake
    title: Line
    fallback: list[Snake] = []
    pseudo: bool = False
    resolves: str = ""
    note: str = ""


class TermRow(_Row):
    """A term as a registry file writes it."""

    id: Snake
    word: Line


class CrosswalkRow(_Row):
    """A mapping to another standard as a registry file writes it."""

    id: Snake
    title: Line
    source: Line
    relationship: Literal["equal", "subset", "superset", "intersects"] = "intersects"
    rows: Annotated[dict[str, list[Line]], Field(min_length=1)]


class RegistryFile(_Row):
    """A file under registries/ of a workspace."""

    controls: list[ControlRow] = []
    parameters: list[ParameterRow] = []
    roles: list[RoleRow] = []
    terms: list[TermRow] = []
    crosswalks: list[CrosswalkRow] = []


SCHEMAS: Mapping[str, type[BaseModel]] = {
    "controls": ControlRow,
    "parameters": ParameterRow,
    "roles": RoleRow,
    "terms": TermRow,
    "crosswalks": CrosswalkRow,
}
"""The schema of a row by section of a registry file."""


def control_of(row: Mapping[str, Value], location: Location) -> Control:
    """The control that a sound row states."""
    return Control(
        id=str(row["id"]),
        title=str(row["title"]),
        description=str(row["description"]),
        owner=str(row["owner"]),
        frequency=str(row["frequency"]),
        key=bool(row.get("key", False)),
        nature=str(row["nature"]),
        mode=str(row["mode"]),
        criteria=_words(row.get("criteria")),
        optional=bool(row.get("optional", False)),
        when=parse_condition(str(row.get("when", "true"))),
        population=str(row["population"]),
        attribute=str(row["attribute"]),
        location=location,
    )


def parameter_of(row: Mapping[str, Value], location: Location) -> Parameter:
    """The parameter that a sound row states."""
    # The rows have passed ParameterRow (a test says so for ours), which YAML values cannot show.
    choices = cast("list[Value]", row.get("choices") or [])
    floors = cast("list[Mapping[str, Value]]", row.get("floors") or [])
    labels = cast("Mapping[str, str]", row.get("labels") or {})
    unit, holds = row.get("unit"), row.get("holds")
    return Parameter(
        name=str(row["name"]),
        type=str(row["type"]),
        default=row.get("default"),
        ask=bool(row.get("ask", False)),
        promise=bool(row.get("promise", False)),
        suggested=row.get("suggested"),
        suggested_for=cast("Mapping[str, Value]", row.get("suggested_for") or {}),
        minimum=_figure(row.get("minimum")),
        maximum=_figure(row.get("maximum")),
        choices=tuple(choices),
        alternatives=_words(row.get("alternatives")),
        holds=None if holds is None else str(holds),
        unit=None if unit is None else str(unit),
        labels=labels,
        note=str(row.get("note", "")),
        floors=tuple(_floor_of(floor) for floor in floors),
        applies_when=parse_condition(str(row.get("applies_when", "true"))),
        location=location,
    )


def _floor_of(row: Mapping[str, Value]) -> Floor:
    at_least = row.get("at_least")
    return Floor(
        when=parse_condition(str(row["when"])),
        source=str(row["source"]),
        note=str(row["note"]),
        minimum=_figure(row.get("minimum")),
        maximum=_figure(row.get("maximum")),
        at_least=None if at_least is None else str(at_least),
        equals=row.get("equals"),
        refused=_words(row.get("refused")),
    )


def crosswalk_of(row: Mapping[str, Value], *, own: bool) -> Crosswalk:
    """The mapping that a sound row states."""
    rows = cast("Mapping[str, list[Value]]", row["rows"])
    return Crosswalk(
        id=str(row["id"]),
        title=str(row["title"]),
        source=str(row["source"]),
        relationship=str(row.get("relationship", "intersects")),
        ids={criterion: _words(cast("Value", ids)) for criterion, ids in rows.items()},
        own=own,
    )


def role_of(row: Mapping[str, Value]) -> Role:
    """The role that a sound row states."""
    return Role(
        id=str(row["id"]),
        title=str(row["title"]),
        fallback=_words(row.get("fallback")),
        pseudo=bool(row.get("pseudo", False)),
        resolves=str(row.get("resolves", "")),
        note=str(row.get("note", "")),
    )


def bundles_of(rows: Iterable[Mapping[str, Value]]) -> dict[str, tuple[Binding, ...]]:
    """The bundles that sound rows make; in `full` every document stands alone."""
    bundles: dict[str, tuple[Binding, ...]] = {"full": ()}
    for row in rows:
        name = str(row["bundle"])
        bundles[name] = (*bundles.get(name, ()), _binding_of(row))
    return bundles


def _binding_of(row: Mapping[str, Value]) -> Binding:
    cases = cast("list[Mapping[str, str]]", row.get("approver_when") or [])
    return Binding(
        id=str(row["id"]),
        title=str(row["title"]),
        of=_words(row["of"]),
        owner=str(row["owner"]),
        approver=str(row["approver"]),
        approver_when=tuple((case["when"], case["role"]) for case in cases),
    )


def _words(value: Value) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


def _figure(value: Value) -> float | None:
    return value if isinstance(value, int | float) else None
