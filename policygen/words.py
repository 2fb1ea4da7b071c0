"""Words: how values read in an English sentence."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from policygen.model.catalogue import FREQUENCIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

_EVERY: Mapping[str, str] = {
    "continuous": "continuously",
    "each_build": "in each build",
    "per_batch": "for each batch",
    "hourly": "every hour",
    "daily": "every day",
    "weekly": "once each week",
    "monthly": "once each calendar month",
    "quarterly": "once each calendar quarter",
    "semiannual": "once in each half of the year",
    "annual": "every 12 months",
    "biennial": "every 24 months",
    "on_major_change": "at each major change",
    "none": "never",
}
_MONTHS: Mapping[str, int] = {
    "monthly": 1,
    "quarterly": 3,
    "semiannual": 6,
    "annual": 12,
    "biennial": 24,
}
_BARE_UNITS = frozenset({"count", "score", "currency"})
_COUNTS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_ORDINALS = (
    "zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth",
    "ninth", "tenth",
)  # fmt: skip
_GROUPED_FROM = 10_000
_NAMES_OF_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
"""Not from the locale: a date reads the same wherever a document is built."""


def number(value: float) -> str:
    """A figure without its unit.

    >>> number(24), number(99.9), number(8.0), number(25000)
    ('24', '99.9', '8', '25,000')
    """
    if value == int(value):
        value = int(value)
    if abs(value) >= _GROUPED_FROM:
        return f"{value:,}"
    return str(value)


def quantity(value: float, unit: str) -> str:
    """A figure with its unit, singular where it is one.

    Part of an hour reads in minutes, whole hours of minutes from two on read in hours.

    Args:
        value: The figure.
        unit: As in the registry, plural: `hours`, `business days`, `days before expiry`,
            `percent`, `Celsius`; `count`, `score` and `currency` print the bare figure.

    >>> quantity(24, "hours"), quantity(1, "hours"), quantity(0.25, "hours")
    ('24 hours', '1 hour', '15 minutes')
    >>> quantity(1, "business days"), quantity(30, "days before expiry"), quantity(5, "count")
    ('1 business day', '30 days before expiry', '5')
    >>> quantity(4320, "minutes"), quantity(98, "percent"), quantity(18, "Celsius")
    ('72 hours', '98 percent', '18 degrees Celsius')
    """
    if unit in _BARE_UNITS:
        return number(value)
    value, unit = _fitting(value, unit)
    if unit == "percent":
        return f"{number(value)} percent"
    if unit == "Celsius":
        return f"{number(value)} {'degree' if value == 1 else 'degrees'} Celsius"
    return f"{number(value)} {_singular(unit) if value == 1 else unit}"


def _fitting(value: float, unit: str) -> tuple[float, str]:
    """The same time in the unit that reads best."""
    if unit == "hours" and 0 < value < 1 and float(value * 60).is_integer():
        return value * 60, "minutes"
    if unit == "minutes" and value >= 120 and value % 60 == 0:
        return value / 60, "hours"
    return value, unit


def _singular(unit: str) -> str:
    """One of a unit: the first plural in it loses its ending.

    >>> _singular("business days"), _singular("days before expiry")
    ('business day', 'day before expiry')
    """
    words = unit.split(" ")
    at = next(
        (place for place, word in enumerate(words) if word.endswith("s") and word != "business"),
        None,
    )
    if at is None:
        return unit
    return " ".join((*words[:at], words[at].removesuffix("s"), *words[at + 1 :]))


def every(frequency: str) -> str:
    """How often, so that it also reads after "at least".

    Raises:
        ValueError: For a word that is no frequency.

    >>> every("quarterly"), every("annual")
    ('once each calendar quarter', 'every 12 months')
    """
    try:
        return _EVERY[frequency]
    except KeyError:
        raise ValueError(f'"{frequency}" is not a frequency') from None


def is_frequency(word: str) -> bool:
    """Whether `every` has words for it."""
    return word in _EVERY


def months_of(frequency: str) -> int:
    """The interval of a frequency in calendar months; 0 where it is shorter than a month.

    Raises:
        ValueError: For a word that is no frequency.

    >>> months_of("semiannual"), months_of("weekly")
    (6, 0)
    """
    if frequency not in FREQUENCIES:
        raise ValueError(f'"{frequency}" is not a frequency')
    return _MONTHS.get(frequency, 0)


def count(value: int) -> str:
    """A small whole number as a word, others as a figure.

    >>> count(2), count(12)
    ('two', '12')
    """
    return _COUNTS[value] if 0 <= value < len(_COUNTS) else number(value)


def ordinal(value: int) -> str:
    """A place in an order: "first", "tenth", then "11th".

    >>> ordinal(3), ordinal(22), ordinal(112)
    ('third', '22nd', '112th')
    """
    if 0 <= value < len(_ORDINALS):
        return _ORDINALS[value]
    ending = "th" if value % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10)
    return f"{value}{ending or 'th'}"


def join_words(words: Sequence[str], last: str) -> str:
    """A list as a sentence has it.

    >>> join_words(["a", "b", "c"], "and"), join_words(["a", "b"], "or"), join_words(["a"], "or")
    ('a, b and c', 'a or b', 'a')
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def running(title: str, ours: str | None = None) -> str:
    """A title as it stands inside a sentence.

    Args:
        title: The title as listed.
        ours: Our own title of the same role. Another title was chosen by the organization: it
            stays as it was typed, unless only its first word is capital, which it is for being
            listed. None where the title is known to be ours.

    >>> running("Security officer"), running("IT lead"), running("On-call lead")
    ('security officer', 'IT lead', 'on-call lead')
    >>> running("Head of Trust", ours="Security officer"), running("Privacy head", ours="Other")
    ('Head of Trust', 'privacy head')
    """
    first, _, rest = title.partition(" ")
    if ours is not None and title != ours and not _is_in_sentence_case(rest):
        return title
    if first[1:] != first[1:].lower():
        return title
    return title[:1].lower() + title[1:]


def _is_in_sentence_case(rest: str) -> bool:
    """Whether what follows a first word is small but for initials; one word alone says nothing."""
    return bool(rest) and all(word == word.lower() or word.isupper() for word in rest.split())


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant; None where none is close.

    >>> nearest("acces_review", ["access_review", "backup"])
    'access_review'
    """
    return next(iter(get_close_matches(word, sorted(known), n=1, cutoff=0.7)), None)


def long_date(day: date) -> str:
    """A day as people read it.

    >>> from datetime import date
    >>> long_date(date(2026, 12, 1))
    '1 December 2026'
    """
    return f"{day.day} {long_month(day)}"


def long_month(day: date) -> str:
    """The month of a day as people read it, e.g. `December 2026`."""
    return f"{_NAMES_OF_MONTHS[day.month - 1]} {day.year}"
