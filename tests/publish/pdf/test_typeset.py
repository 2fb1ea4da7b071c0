"""pandoc as a long-lived process: what it reads, and what happens when it fails."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from policygen.problems import PolicygenError
from policygen.publish.pdf.typeset import Heading, Typesetter
from policygen.text import dialect

if TYPE_CHECKING:
    from policygen.model.publication import Edition


def test_title_is_left_out_and_sections_keep_their_anchors(typesetter: Typesetter) -> None:
    body = typesetter.body_to_typst(
        "# Access\n\n## Café & Zürich/Bern\n\n### \u00dcber\n\n## Caf\u00e9 - Z\u00fcrich bern\n"
    )
    assert body.headings == (
        Heading(level=2, text="Café & Zürich/Bern", anchor="cafe-zurich-bern"),
        Heading(level=3, text="Über", anchor="uber"),
        Heading(level=2, text="Café - Zürich bern", anchor="cafe-zurich-bern-1"),
    )


def test_anchors_are_those_of_the_dialect(typesetter: Typesetter, sample: Edition) -> None:
    for heading in typesetter.body_to_typst(sample.record.body).headings:
        assert heading.anchor == dialect.slug(heading.text)


def test_structure_shows_nesting_tables_and_callouts(typesetter: Typesetter) -> None:
    markdown = (
        "## A\n\n1. one\n\n    - two\n    - three\n\n> [!WARNING]\n> Mind it.\n\n"
        "| x | y |\n| --- | --- |\n| a \\| b | `c` |\n| | d |\n"
    )
    assert typesetter.structure(markdown) == (
        ("heading", 2, "A"),
        (
            "numbers",
            1,
            (
                (
                    ("paragraph", "one"),
                    ("bullets", ((("paragraph", "two"),), (("paragraph", "three"),))),
                ),
            ),
        ),
        ("callout", "warning", (("paragraph", "Mind it."),)),
        ("table", (("x", "y"), ("a | b", "c"), ("", "d"))),
    )


@pytest.mark.parametrize("callout", ["NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION"])
def test_every_callout_is_one(typesetter: Typesetter, callout: str) -> None:
    [block] = typesetter.structure(f"> [!{callout}]\n> Text.\n")
    assert block == ("callout", callout.lower(), (("paragraph", "Text."),))


def test_emoji_names_math_and_bare_links_stay_as_typed(typesetter: Typesetter) -> None:
    text = "See :smile: and $x$ at www.harbor.example, a <b>bold</b> move"
    assert typesetter.structure(text) == (("paragraph", text),)


def test_dead_anchors_and_skipped_levels_are_warned_about(typesetter: Typesetter) -> None:
    body = typesetter.body_to_typst(
        "# T\n\n## A\n\n#### B\n\n[x](#a) [y](#gone)\n\n**AC-01** A [z](#ac-01) duty.\n"
    )
    assert [(problem.code, problem.message) for problem in body.warnings] == [
        ("pdf-dead-anchor", "the link #gone names a heading that the text does not have"),
        ("pdf-heading-level", 'the heading "B" is more than one level below the one before it'),
    ]


def test_a_killed_pandoc_is_started_again(typesetter: Typesetter) -> None:
    before = typesetter.body_to_typst("## A\n")
    assert typesetter.process_id is not None
    os.kill(typesetter.process_id, signal.SIGKILL)
    assert typesetter.body_to_typst("## A\n") == before


def test_a_slow_pandoc_is_a_problem_and_the_next_text_is_read() -> None:
    with Typesetter(timeout_seconds=1e-6) as hurried:
        with pytest.raises(PolicygenError) as caught:
            hurried.body_to_typst("- a\n" * 20_000)
        assert [problem.code for problem in caught.value.problems] == ["pdf-timeout"]
        assert hurried.process_id is None


def test_texts_with_line_separators_and_lone_quotes_come_back_whole(
    typesetter: Typesetter,
) -> None:
    text = 'a \u2028 b \x85 c " \\\\ d'
    [block] = typesetter.structure(text)
    assert isinstance(block, tuple)
    assert str(block[1]).endswith('" \\ d')


def test_closing_leaves_neither_process_nor_folder() -> None:
    with Typesetter() as running:
        running.structure("a")
        process_id, scratch = running.process_id, running.scratch
    assert process_id is not None
    with pytest.raises(ProcessLookupError):
        os.kill(process_id, 0)
    assert not scratch.exists()
