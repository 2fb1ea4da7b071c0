"""Words: how values read in a sentence."""

from __future__ import annotations

import doctest
from typing import TYPE_CHECKING

import pytest

from policygen import words
from policygen.audit.duties import intervals
from policygen.model.catalogue import FREQUENCIES
from policygen.text import dialect

if TYPE_CHECKING:
    from types import ModuleType


@pytest.mark.parametrize("module", [words, dialect, intervals], ids=lambda module: module.__name__)
def test_examples_in_the_documentation_are_true(module: ModuleType) -> None:
    found = doctest.testmod(module)
    assert found.attempted > 0
    assert found.failed == 0


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (24, "hours", "24 hours"),
        (1, "hours", "1 hour"),
        (0, "hours", "0 hours"),
        (0.25, "hours", "15 minutes"),
        (0.3, "hours", "18 minutes"),
        (0.123, "hours", "0.123 hours"),
        (1.5, "hours", "1.5 hours"),
        (8.0, "hours", "8 hours"),
        (1, "minutes", "1 minute"),
        (60, "minutes", "60 minutes"),
        (90, "minutes", "90 minutes"),
        (120, "minutes", "2 hours"),
        (1440, "minutes", "24 hours"),
        (1, "business days", "1 business day"),
        (5, "business days", "5 business days"),
        (1, "months", "1 month"),
        (7, "years", "7 years"),
        (1, "years", "1 year"),
        (98, "percent", "98 percent"),
        (99.999, "percent", "99.999 percent"),
        (1, "percent", "1 percent"),
        (12, "characters", "12 characters"),
        (10, "count", "10"),
        (8, "score", "8"),
        (25000, "currency", "25,000"),
        (30, "days before expiry", "30 days before expiry"),
        (1, "days before expiry", "1 day before expiry"),
        (1, "days after the end of the contract", "1 day after the end of the contract"),
        (18, "Celsius", "18 degrees Celsius"),
    ],
)
def test_figure_reads_with_its_unit(value: float, unit: str, expected: str) -> None:
    assert words.quantity(value, unit) == expected


@pytest.mark.parametrize("frequency", FREQUENCIES)
def test_every_frequency_has_words(frequency: str) -> None:
    assert words.every(frequency)
    assert words.months_of(frequency) >= 0


@pytest.mark.parametrize(
    ("frequency", "expected"),
    [
        ("monthly", "at least once each calendar month"),
        ("semiannual", "at least once in each half of the year"),
        ("annual", "at least every 12 months"),
        ("biennial", "at least every 24 months"),
        ("weekly", "at least once each week"),
        ("daily", "at least every day"),
    ],
)
def test_frequency_reads_after_at_least(frequency: str, expected: str) -> None:
    assert f"at least {words.every(frequency)}" == expected


@pytest.mark.parametrize("word", ["", "sometimes", "12", "Monthly"])
def test_word_that_is_no_frequency_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="is not a frequency"):
        words.every(word)
    with pytest.raises(ValueError, match="is not a frequency"):
        words.months_of(word)


@pytest.mark.parametrize(
    ("title", "ours", "expected"),
    [
        pytest.param("Security officer", None, "security officer", id="ours"),
        pytest.param(
            "Security officer", "Security officer", "security officer", id="typed as ours"
        ),
        pytest.param("IT lead", None, "IT lead", id="starts with initials"),
        pytest.param("On-call lead", None, "on-call lead", id="hyphen"),
        pytest.param("CISO", "Security officer", "CISO", id="initials of their own"),
        pytest.param("Head of Trust", "Security officer", "Head of Trust", id="title of their own"),
        pytest.param(
            "Chief privacy officer",
            "Privacy officer",
            "chief privacy officer",
            id="capital for being listed",
        ),
        pytest.param("Director of IT", "IT lead", "director of IT", id="initials at the end"),
        pytest.param("President", "Chief executive", "President", id="one word of their own"),
        pytest.param("", None, "", id="empty"),
    ],
)
def test_title_inside_a_sentence(title: str, ours: str | None, expected: str) -> None:
    assert words.running(title, ours) == expected


@pytest.mark.parametrize(
    ("items", "expected"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_list_reads_as_a_sentence_has_it(items: list[str], expected: str) -> None:
    assert words.join_words(items, "and") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1, "first"), (10, "tenth"), (11, "11th"), (21, "21st"), (22, "22nd"), (113, "113th")],
)
def test_place_in_an_order(value: int, expected: str) -> None:
    assert words.ordinal(value) == expected
