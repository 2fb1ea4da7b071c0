"""What all parts of the profile share: the base class and the kinds of values.

A check raises ValueError with a phrase that continues "must be ...", so that every message about
a profile reads the same.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Annotated, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    WithJsonSchema,
)

from policygen.model.profile.codes import COUNTRIES, CURRENCIES
from policygen.yaml.scalars import FORBIDDEN

NAME_LENGTH = 200
"""Longest name, in characters."""

TEXT_LENGTH = 2000
"""Longest free text, in characters."""

MOST_HOURS = 10_000
"""Of work for one time of a duty."""

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_RESERVED = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]")
_SNAKE = re.compile(r"[a-z][a-z0-9_]{0,63}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTH_DAY = re.compile(r"\d{2}-\d{2}")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_URL_HOST = r"https://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::\d{1,5})?"
_URL_REST = r"(?:/[\w.~%!$&'*+,;=:@/-]*)?(?:\?[\w.~%!$&'*+,;=:@/?-]*)?(?:#[\w.~%!$&'*+,;=:@/?-]*)?"
_URL = re.compile(_URL_HOST + _URL_REST, re.ASCII)
_STATEMENT = re.compile(r"[A-Z][A-Z0-9]{1,7}-\d{2,3}")
_CRITERION = re.compile(
    r"CC1\.[1-5]|CC2\.[1-3]|CC3\.[1-4]|CC4\.[12]|CC5\.[1-3]|CC6\.[1-8]|CC7\.[1-5]|CC8\.1|CC9\.[12]"
    r"|A1\.[1-3]|C1\.[12]|PI1\.[1-5]|P[1278]\.1|P3\.[12]|P4\.[1-3]|P5\.[12]|P6\.[1-7]"
)
_PATH_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._ -]*")


class Part(BaseModel):
    """A group of keys in the profile; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=False)


def _sound(text: str) -> str:
    if not text.strip():
        raise ValueError("filled in")
    if text != text.strip(" "):
        raise ValueError("without spaces at its ends")
    if unicodedata.normalize("NFC", text) != text:
        raise ValueError("written with composed letters (Unicode NFC)")
    odd = FORBIDDEN.search(text)
    if odd:
        raise ValueError(f"free of invisible characters such as U+{ord(odd[0]):04X}")
    return text


def _name(text: str) -> str:
    if len(text) > NAME_LENGTH:
        raise ValueError(f"at most {NAME_LENGTH} characters long")
    return _line(text)


def _line(text: str) -> str:
    if "\n" in text:
        raise ValueError("one line of text")
    if len(text) > TEXT_LENGTH:
        raise ValueError(f"at most {TEXT_LENGTH} characters long")
    return _sound(text)


def _paragraphs(text: str) -> str:
    if len(text) > TEXT_LENGTH:
        raise ValueError(f"at most {TEXT_LENGTH} characters long")
    return _sound(text.rstrip("\n"))


def _id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise ValueError("an id: small letters, digits, - and _, at most 64 of them")
    if _RESERVED.fullmatch(text):
        raise ValueError("another id, since Windows cannot name a file so")
    return text


def _snake(text: str) -> str:
    if not _SNAKE.fullmatch(text):
        raise ValueError("an id such as security_officer: small letters, digits and _")
    return text


def _day(value: object) -> date:
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise ValueError("a day that the calendar has, as YYYY-MM-DD") from None
        if not 1900 <= day.year <= 2199:
            raise ValueError("a day from 1900 to 2199")
        return day
    if isinstance(value, date):
        return value
    raise ValueError("a day as YYYY-MM-DD")


def _month_day(text: str) -> str:
    if _MONTH_DAY.fullmatch(text):
        try:
            date.fromisoformat(f"2000-{text}")
        except ValueError:
            pass
        else:
            return text
    raise ValueError("a month and a day as MM-DD")


def _country(text: str) -> str:
    if text not in COUNTRIES:
        raise ValueError("a country as two capital letters (ISO 3166-1), such as US")
    return text


def _currency(text: str) -> str:
    if text not in CURRENCIES:
        raise ValueError("a currency as three capital letters (ISO 4217), such as USD")
    return text


def _mail(text: str) -> str:
    if len(text) > NAME_LENGTH or not _MAIL.fullmatch(text):
        raise ValueError("a mail address such as name@company.example")
    return text


def _url(text: str) -> str:
    if len(text) > TEXT_LENGTH or not _URL.fullmatch(text):
        raise ValueError("an address that begins with https://, without spaces or a password")
    return text


def _time_url(text: str) -> str:
    if not _URL.fullmatch(re.sub("^http://", "https://", text)) or len(text) > TEXT_LENGTH:
        raise ValueError("an address that begins with https:// or http://, without spaces")
    return text


def _colour(text: str) -> str:
    if not _COLOUR.fullmatch(text):
        raise ValueError('a color such as "#1f4e79", in quotes')
    return text.lower()


def _path(text: str) -> str:
    parts = text.split("/")
    sound = all(
        _PATH_PART.fullmatch(part) and not _RESERVED.fullmatch(part.split(".")[0].lower())
        for part in parts
    )
    if len(text) > NAME_LENGTH or not sound:
        raise ValueError("a path inside the workspace, with forward slashes and without ..")
    return text


def _criterion(text: str) -> str:
    if not _CRITERION.fullmatch(text):
        raise ValueError("the id of a criterion, such as CC6.1")
    return text


def _statement(text: str) -> str:
    if not _STATEMENT.fullmatch(text):
        raise ValueError("the id of a statement, such as AC-19")
    return text


def _hours(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= MOST_HOURS:
        raise ValueError(f"a number of hours above 0 and at most {MOST_HOURS}")
    return value


Name: TypeAlias = Annotated[str, AfterValidator(_name), Field(json_schema_extra={"maxLength": 200})]
"""A short text on one line."""

Line: TypeAlias = Annotated[
    str, AfterValidator(_line), Field(json_schema_extra={"maxLength": 2000})
]
"""Free text on one line."""

Paragraphs: TypeAlias = Annotated[
    str, AfterValidator(_paragraphs), Field(json_schema_extra={"maxLength": 2000})
]
"""Free text on any number of lines."""

Id: TypeAlias = Annotated[
    str, AfterValidator(_id), Field(json_schema_extra={"pattern": "^[a-z0-9][a-z0-9_-]{0,63}$"})
]
"""An id that the profile gives."""

Snake: TypeAlias = Annotated[
    str, AfterValidator(_snake), Field(json_schema_extra={"pattern": "^[a-z][a-z0-9_]{0,63}$"})
]
"""Id of a role or name of a parameter."""

Day: TypeAlias = Annotated[
    date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})
]
"""A calendar day, YYYY-MM-DD."""

MonthDay: TypeAlias = Annotated[
    str, AfterValidator(_month_day), Field(json_schema_extra={"pattern": "^\\d{2}-\\d{2}$"})
]
"""A day of each year, MM-DD."""

Country: TypeAlias = Annotated[
    str, AfterValidator(_country), Field(json_schema_extra={"enum": sorted(COUNTRIES)})
]
"""ISO 3166-1 alpha-2 code."""

Currency: TypeAlias = Annotated[
    str, AfterValidator(_currency), Field(json_schema_extra={"enum": sorted(CURRENCIES)})
]
"""ISO 4217 code."""

Mail: TypeAlias = Annotated[
    str, AfterValidator(_mail), Field(json_schema_extra={"format": "email"})
]
"""A mail address."""

Url: TypeAlias = Annotated[
    str, AfterValidator(_url), Field(json_schema_extra={"pattern": "^https://"})
]
"""A web address, https only."""

TimeUrl: TypeAlias = Annotated[
    str, AfterValidator(_time_url), Field(json_schema_extra={"pattern": "^https?://"})
]
"""Address of a time-stamping authority; its answers are signed, so http will do."""

Colour: TypeAlias = Annotated[
    str, AfterValidator(_colour), Field(json_schema_extra={"pattern": "^#[0-9a-fA-F]{6}$"})
]
"""A colour, #rrggbb."""

FilePath: TypeAlias = Annotated[str, AfterValidator(_path)]
"""Path of a file inside the workspace, relative, with forward slashes."""

CriterionId: TypeAlias = Annotated[
    str,
    AfterValidator(_criterion),
    Field(json_schema_extra={"pattern": f"^({_CRITERION.pattern})$"}),
]
"""Id of a Trust Services Criterion."""

Frequency: TypeAlias = Literal[
    "continuous", "each_build", "per_batch", "hourly", "daily", "weekly", "monthly", "quarterly",
    "semiannual", "annual", "biennial",
]  # fmt: skip
"""How often; the strictest first."""

Flag: TypeAlias = StrictBool
"""true or false, nothing that merely looks like it."""

Count: TypeAlias = Annotated[StrictInt, Field(ge=0, le=100_000_000)]
"""A whole number from 0."""

StatementId: TypeAlias = Annotated[
    str, AfterValidator(_statement), Field(json_schema_extra={"pattern": f"^{_STATEMENT.pattern}$"})
]
"""Id of a statement, such as AC-19."""

Hours: TypeAlias = Annotated[
    int | float,
    BeforeValidator(_hours),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": MOST_HOURS}),
]
"""Hours of work, parts of an hour included."""
