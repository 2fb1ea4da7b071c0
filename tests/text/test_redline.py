"""Redlines: every word of both texts is accounted for, moves are seen, the same gives nothing."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from policygen.text.redline import Block, Mark, Run, as_text, redline

WORDS = st.sampled_from(["access", "review", "owner", "SHALL", "24", "hours,", "**AC-19**", "x."])
SENTENCES = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)
ITEMS = st.lists(SENTENCES, min_size=1, max_size=3).map(lambda rows: "- " + "\n- ".join(rows))
TABLES = st.lists(SENTENCES, min_size=1, max_size=3).map(
    lambda rows: "\n".join(f"| {row} | b |" for row in rows)
)
HEADINGS = SENTENCES.map(lambda text: f"## {text}")
TEXTS = st.lists(st.one_of(SENTENCES, ITEMS, TABLES, HEADINGS), max_size=8).map("\n\n".join)


def words(text: str) -> Counter[str]:
    return Counter(text.split())


def marked(blocks: tuple[Block, ...], *marks: Mark) -> Counter[str]:
    # Runs part between white space and words, so a block's runs are joined before they are split.
    texts = ("".join(run.text for run in block.runs if run.mark in marks) for block in blocks)
    return sum((words(text) for text in texts), Counter())


@settings(deadline=None)
@given(TEXTS)
def test_the_same_text_gives_nothing(text: str) -> None:
    assert redline(text, text) == ()


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_no_word_is_lost_and_none_is_made_up(old: str, new: str) -> None:
    blocks = redline(old, new)
    removed_or_same = marked(blocks, Mark.SAME, Mark.REMOVED)
    added_or_same = marked(blocks, Mark.SAME, Mark.ADDED)
    unchanged_old, unchanged_new = words(old) - removed_or_same, words(new) - added_or_same
    assert not removed_or_same - words(old)
    assert not added_or_same - words(new)
    assert unchanged_old == unchanged_new


@settings(deadline=None)
@given(TEXTS)
def test_a_new_text_is_all_added_and_a_dropped_one_all_removed(text: str) -> None:
    assert marked(redline("", text), Mark.ADDED) == words(text)
    assert marked(redline(text, ""), Mark.REMOVED) == words(text)


def test_one_changed_word_is_one_removed_and_one_added() -> None:
    [block] = redline(
        "## Leavers\n\nDisable within 24 hours.", "## Leavers\n\nDisable within 12 hours."
    )
    assert block == Block(
        "Leavers",
        (
            Run(Mark.SAME, "Disable within "),
            Run(Mark.REMOVED, "24"),
            Run(Mark.ADDED, "12"),
            Run(Mark.SAME, " hours."),
        ),
    )


def test_lines_broken_elsewhere_are_no_change() -> None:
    assert redline("one two\nthree four", "one\ntwo three four") == ()


def test_a_moved_paragraph_is_marked_as_moved() -> None:
    first, second, third = "The first rule stands.", "Quite another thing.", "Something else again."
    blocks = redline(f"{first}\n\n{second}\n\n{third}", f"{second}\n\n{third}\n\n{first}")
    assert [(block.runs, block.moved) for block in blocks] == [
        ((Run(Mark.REMOVED, first),), True),
        ((Run(Mark.ADDED, first),), True),
    ]


def test_only_changed_rows_of_a_table_are_shown() -> None:
    old = "| a | b |\n| --- | --- |\n| one | 1 |\n| two | 2 |\n| three | 3 |"
    [block] = redline(old, old.replace("| two | 2 |", "| two | 22 |"))
    assert as_text((block,)) == "@ (top)\n\n| a | b |\n| two | [-2-]{+22+} |"


def test_a_moved_row_is_not_taken_for_a_changed_one() -> None:
    head = "| system | kind |\n| --- | --- |\n"
    one, two = "| Forgeline | source control |\n", "| Tasklane | ticketing |\n"
    new = "| Leadbook | customer relations |"
    assert as_text(redline(f"{head}{one}{two}", f"{head}{two}{one}{new}")) == (
        "@ (top)\n\n| system | kind |\n"
        "(moved here) {+| Tasklane | ticketing |+}\n"
        "(moved away) [-| Tasklane | ticketing |-]\n"
        "{+| Leadbook | customer relations |+}"
    )


def test_one_more_item_changes_none_of_the_items_behind_it() -> None:
    old = "1. Tell IT.\n2. IT closes the account.\n3. The manager confirms."
    new = (
        "1. Tell IT.\n2. HR archives the file.\n3. IT closes the account.\n4. The manager confirms."
    )
    assert as_text(redline(old, new)) == "@ (top)\n\n{+2. HR archives the file.+}"


def test_a_changed_item_is_shown_with_its_number_and_without_the_others() -> None:
    old = "1. Tell IT.\n2. IT closes the account."
    new = "1. Tell IT.\n2. IT closes the account within 8 hours."
    shown = "2. IT closes the [-account.-]{+account within 8 hours.+}"
    assert as_text(redline(old, new)) == f"@ (top)\n\n{shown}"


def test_a_paragraph_that_moved_and_changed_is_compared_where_it_is_now() -> None:
    rule = "Guests are met at the door and stay with their host for {} hours."
    old = f"## A\n\n{rule.format(2)}\n\nkeep\n\n## B\n\nstays\n"
    new = f"## A\n\nkeep\n\n## B\n\nstays\n\n{rule.format(4)}\n"
    [block] = redline(old, new)
    assert (block.heading, block.moved) == ("B", True)
    assert as_text((block,)) == (
        "@ B\n\n(moved here, changed) Guests are met at the door and stay with their host for "
        "[-2-]{+4+} hours."
    )


def test_a_redline_as_text_names_the_heading_and_moves() -> None:
    blocks = redline("## A\n\nkeep\n\ngone away now", "## A\n\nkeep\n\n## B\n\nbrand new words")
    assert as_text(blocks) == ("@ A\n\n[-gone away now-]\n\n@ B\n\n{+## B+}\n\n{+brand new words+}")
