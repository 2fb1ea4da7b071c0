"""The dialect: a value is text in every reader, blocks and anchors are the same everywhere."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policygen.text import dialect
from tests.readers import READERS, Tree, filled, site

WORD = "qx7zword"
PLACES = """\
# Title {v}

{v}

Some words {v} and more.

Some words on a line
{v} goes on here.

Some words on a line
{v}

{v} opens this
and goes on.

## {v}

### On {v} here

**{v}** bold.

Text **{v}** and [{v}](other.md) and [see {v} there](https://a.example/x).

- {v}
- **{v}** x
- words {v}

    {v} nested

    - {v}

1. {v}
2. two

| A | {v} |
| --- | --- |
| {v} | b |
| **{v}** | x {v} y |

> [!NOTE]
> {v}

> [!WARNING]
> words on a line
> {v} goes on.

> {v}

**AC-19** {v} SHALL do:

- {v};
- x {v}.

Last {v}
"""
"""Every place where a template may put a value."""

HOSTILE = (
    "A & B <Corp> _x_ #1 $5 {", "x\n\n# Heading", "x\r\n- item", "[TOC]", ":smile:", ":100:",
    "https://a.example/x?y=1", "www.a.example", "WWW.A.example", "ftp://x.example",
    "ann@a.example", "mailto:ann@a.example", "xmpp:a@b.example", "[^1]", "[^1]: x", "> [!NOTE]",
    "| --- |", ":---", ":-:", "&amp;", "&copy; &copy &#60; &#x3c;", "&lt;script&gt;",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<!-- x -->", "<https://x.example>",
    "{{ org.short_name }}", "{% if true %}x{% endif %}", "{## x ##}", "#let x = 1", "#read(\"x\")",
    "$x$ $$y$$", "*[HTML]: x", "![x](y.png)", "[a](javascript:alert(1))", "[a]: https://x.example",
    "\\", "a\\", "\\*x\\*", "---", "===", "=", "-", "+", "***", "___", "1.", "1) x", "12. x",
    "+ x", "- x", "* x", "[ ] task", "[x] task", "```x```", "```", "~~~", "~~x~~", "`|`", "a|b",
    "a\\|b", "__a__", "{#id}", "{: .x onclick=alert(1)}", "# x #", "#", "a<br>b", "x^2^", "H~2~O",
    "==m==", "R&D; x", "!!! note", "/// x", "::: x", "%%", "C:\\x\\y", "5 * 3", "*", "_", "[", "]",
    "](x)", "![", "//x.example", "\ue041", "(c) ... -- \"quoted\" it's", "a" * 10_000, "_*" * 500,
)  # fmt: skip
PIECES = (
    *(piece for piece in HOSTILE if len(piece) < 60),
    *"\\`*_{}[]()<>#+-=.!|~^&;:$@%'\"/ \n1aé漢😀",
)


def documents_with(values: list[str]) -> str:
    return "\n".join(PLACES.replace("{v}", dialect.escape(value)) for value in values)


@cache
def harmless() -> tuple[Tree, ...]:
    return tuple(reader(PLACES.replace("{v}", WORD)) for reader in READERS)


def assert_literal(values: list[str]) -> None:
    text = documents_with(values)
    for reader, plain in zip(READERS, harmless(), strict=True):
        expected = (
            "",
            "",
            *(p for value in values for p in filled(plain, WORD, folded(value))[2:]),
        )
        assert reader(text) == expected, reader.__name__


def folded(value: str) -> str:
    return " ".join(value.split())


def values() -> st.SearchStrategy[str]:
    """Texts as a profile may hold them, and worse: line ends, but no control characters."""
    pieces = st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join)
    anything = st.text(
        st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp"), include_characters="\n"),
        max_size=30,
    )
    return st.one_of(pieces, anything).filter(folded)


def test_hostile_values_come_out_literally_in_every_reader_and_place() -> None:
    assert_literal(list(HOSTILE))


def test_ten_thousand_marks_in_a_row_come_out_literally_in_every_reader() -> None:
    # In one place of each kind: the site's reader takes a time that is the square of their number.
    places = "{v} opens\n\n## {v}\n\n- **{v}**\n\n| A | {v} |\n| --- | --- |\n| b | c |\n"
    marks = "_*" * 5_000
    for reader in READERS:
        plain = reader(places.replace("{v}", WORD))
        found = reader(places.replace("{v}", dialect.escape(marks)))
        assert found == filled(plain, WORD, marks), reader.__name__


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(values(), min_size=1, max_size=25))
def test_any_value_comes_out_literally_in_every_reader_and_place(found: list[str]) -> None:
    assert_literal(found)


def test_the_comparison_sees_what_escaping_prevents() -> None:
    [plain] = [tree for reader, tree in zip(READERS, harmless(), strict=True) if reader is site]
    assert site(PLACES.replace("{v}", "_x_")) != filled(plain, WORD, "_x_")


@settings(deadline=None)
@given(values())
def test_an_escaped_value_is_read_back_as_it_was(value: str) -> None:
    assert dialect.unescape(dialect.escape(value)) == folded(value)


@settings(deadline=None)
@given(values())
def test_an_escaped_value_is_one_line(value: str) -> None:
    assert "\n" not in dialect.escape(value)


@pytest.mark.parametrize(
    "prose",
    [
        "Quillwater Software, Inc.",
        "99.9 percent",
        "10:30 to 17:45",
        "AT&T (Research & Development)",
        'the "security officer"; it\'s Lee-Ann Ó Brien!',
        "2026 was a year.",
        "ISO/IEC 27001, clause 5.2",
        "no - yes + maybe = so",
    ],
)
def test_plain_prose_stays_as_it_is(prose: str) -> None:
    assert dialect.escape(prose) == prose


def test_only_entities_with_a_semicolon_are_read_back() -> None:
    assert dialect.unescape("R&reg AT&copy2 &amp; \\&amp;") == "R&reg AT&copy2 & &amp;"


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("Access reviews", "access-reviews"),
        ("A & B: \\#1, Café", "a-b-1-cafe"),
        ("漢字", "section"),
        ("3.2  Scope", "3-2-scope"),
    ],
)
def test_anchors_are_words_in_plain_letters(heading: str, anchor: str) -> None:
    assert dialect.slug(heading) == anchor


def test_blocks_know_their_first_line_and_keep_fenced_code_whole() -> None:
    text = "one\ntwo\n\n```\na\n\nb\n```\n\n    ~~~~\n    c\n\n    ~~~\n    ~~~~\n\nlast"
    assert dialect.paragraphs(text) == (
        (1, "one\ntwo"),
        (4, "```\na\n\nb\n```"),
        (10, "    ~~~~\n    c\n\n    ~~~\n    ~~~~"),
        (16, "last"),
    )


def test_code_within_a_line_opens_no_fence() -> None:
    assert dialect.paragraphs("```x``` is code\n\nnext") == ((1, "```x``` is code"), (3, "next"))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("## Scope", (2, "Scope")),
        ("## Scope ##", (2, "Scope")),
        ("## C\\#", (2, "C\\#")),
        ("####### seven", None),
        ("#tag", None),
        (" ## Scope", None),
    ],
)
def test_headings_are_those_of_every_reader(line: str, expected: tuple[int, str] | None) -> None:
    assert dialect.heading(line) == expected


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        ("| a | b |", ["a", "b"]),
        ("a | b", ["a", "b"]),
        ("| a \\| b | c |", ["a \\| b", "c"]),
        ("| a \\\\| b |", ["a \\\\", "b"]),
        ("|  | b |", ["", "b"]),
        ("| a\\", ["a\\"]),
    ],
)
def test_escaped_pipes_part_no_cells(row: str, cells: list[str]) -> None:
    assert dialect.table_cells(row) == cells


@settings(deadline=None)
@given(st.lists(values(), min_size=1, max_size=5))
def test_cells_of_escaped_values_are_read_back(found: list[str]) -> None:
    row = "| " + " | ".join(dialect.escape(value) for value in found) + " |"
    assert [dialect.unescape(cell) for cell in dialect.table_cells(row)] == [
        folded(value) for value in found
    ]
