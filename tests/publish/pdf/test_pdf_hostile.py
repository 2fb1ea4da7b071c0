"""Hostile and unusual input: it prints as typed, or it is a problem with a place."""

from __future__ import annotations

import random
import shutil
import struct
from dataclasses import replace
from typing import TYPE_CHECKING

import pikepdf
import pytest

from policygen.model.publication import Brand
from policygen.problems import PolicygenError, Problem
from policygen.publish.pdf.document import build_pdf
from policygen.publish.pdf.typeset import LUA
from policygen.text import dialect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from policygen.model.publication import Edition
    from policygen.publish.pdf.typeset import Typesetter

VALUES = (
    "A & B <Corp> _x_ #1 $5 {",
    '#read("/etc/passwd")',
    '#include "/theme/look.typ"',
    "@mention",
    "$x$",
    "*/",
    "/* comment */ // rest",
    "\\",
    "a\\b \\u{41}",
    "= heading",
    "- item",
    "+ item",
    "/ Term: definition",
    "1. item",
    "#let x = 1",
    "#none;",
    "#end;of;cell",
    "] #panic() [",
    "https://harbor.example/x",
    "...",
    "-- --- -5 a-?b",
    "\"double\" 'single'",
    "<at-ac-01>",
    "~ ^ `code` | pipe",
    "&amp; &#64; &lt;",
    "[x](y) ![x](y) [^1]",
    "**AC-10** bold",
    ":smile: www.harbor.example",
)
PLACES = {
    "paragraph": "{}\n",
    "list item": "- {}\n",
    "nested item": "1. a\n\n    - {}\n",
    "bold": "x **{}** y\n",
    "statement": "**AC-10** {}\n",
    "link": "[{}](https://harbor.example)\n",
    "quote": "> {}\n",
    "callout": "> [!NOTE]\n> {}\n",
    "table cell": "| {} | b |\n| --- | --- |\n| {} | d |\n",
    "heading": "## {}\n",
}


def _noise() -> list[str]:
    """Values that nobody thought of, the same ones in each run."""
    source = random.Random(20261201)
    alphabet = "aB19  --..==++/*_~`'\"#$%@<>[](){}\\|&^!?:;,©é"
    words = ("".join(source.choices(alphabet, k=source.randint(1, 14))) for _ in range(60))
    return [" ".join(word.split()) for word in words if word.strip()]


def _problems(build: Callable[[Edition], Path], edition: Edition) -> tuple[Problem, ...]:
    with pytest.raises(PolicygenError) as caught:
        build(edition)
    return caught.value.problems


@pytest.mark.parametrize("place", PLACES)
def test_values_print_as_typed(
    place: str,
    build: Callable[[Edition], Path],
    with_body: Callable[[str], Edition],
    text_of: Callable[..., str],
    squeezed: Callable[[str], str],
) -> None:
    values = [*VALUES, *_noise()]
    body = "".join(
        f"BEGIN{number}\n\n{PLACES[place].replace('{}', dialect.escape(value))}\nEND{number}\n\n"
        for number, value in enumerate(values)
    )
    text = squeezed(text_of(build(with_body("## Values\n\n" + body))))
    for number, value in enumerate(values):
        printed = text.partition(f"BEGIN{number}")[2].partition(f"END{number}")[0]
        assert squeezed(value) in printed


def test_values_around_the_text_print_as_typed(
    sample: Edition, build: Callable[[Edition], Path], text_of: Callable[..., str]
) -> None:
    hostile = 'A & B <Corp> _x_ #1 $5 { "q" #read("/etc/passwd") \\ */ @m'
    header = replace(sample.record.header, organization=hostile, audience=hostile)
    text = text_of(build(replace(sample, record=replace(sample.record, header=header))))
    assert text.replace("\n", " ").count(hostile) >= 3


def test_missing_glyph_names_character_and_place(
    build: Callable[[Edition], Path], with_body: Callable[[str], Edition]
) -> None:
    problems = _problems(build, with_body("## Offices\n\nBerlin\n\nIn 東 too, and \u0e01.\n"))
    assert [(problem.code, problem.message) for problem in problems] == [
        ("pdf-missing-glyph", 'no font has the character "東" (U+6771)'),
        ("pdf-missing-glyph", 'no font has the character "\u0e01" (U+0E01)'),
    ]
    assert str(problems[0].location) == "rendered/policies/access-control-policy.md:26:4"
    assert "brand.fonts" in (problems[0].hint or "")


def test_control_characters_are_named_by_number_only(
    build: Callable[[Edition], Path], with_body: Callable[[str], Edition]
) -> None:
    [problem] = _problems(build, with_body("## A\n\nbell \x07\n"))
    assert problem.message == "no font has the character U+0007"


def test_font_of_the_organization_fills_the_gap(
    tmp_path: Path,
    theme: Path,
    build: Callable[[Edition], Path],
    with_body: Callable[[str], Edition],
    text_of: Callable[..., str],
) -> None:
    _font_with("東", theme / "fonts" / "Inter-Regular.ttf", tmp_path / "office.ttf")
    edition = replace(with_body("## Offices\n\nIn 東 too.\n"), brand=Brand(fonts=("office.ttf",)))
    assert "In 東 too." in text_of(build(edition))


def _font_with(character: str, model: Path, path: Path) -> None:
    """The model under another name, with one character: its glyph 36 for that character."""
    data = model.read_bytes()
    count = struct.unpack(">H", data[4:6])[0]
    tables: dict[bytes, bytes] = {}
    for number in range(count):
        tag, _, start, length = struct.unpack(">4sLLL", data[12 + 16 * number : 28 + 16 * number])
        tables[tag] = data[start : start + length]
    group = struct.pack(">LLL", ord(character), ord(character), 36)
    subtable = struct.pack(">HHLLL", 12, 0, 28, 0, 1) + group
    tables[b"cmap"] = struct.pack(">HHHHL", 0, 1, 3, 10, 12) + subtable
    tables[b"name"] = tables[b"name"].replace(
        "Inter".encode("utf-16-be"), "Pier ".encode("utf-16-be")
    )
    directory, body = b"", b""
    for tag, content in sorted(tables.items()):
        start = 12 + 16 * count + len(body)
        directory += struct.pack(">4sLLL", tag, 0, start, len(content))
        body += content + bytes(-len(content) % 4)
    path.write_bytes(data[:12] + directory + body)


def test_file_that_is_no_font_is_a_problem(
    tmp_path: Path, sample: Edition, build: Callable[[Edition], Path]
) -> None:
    (tmp_path / "office.ttf").write_bytes(b"wOF2")
    [problem] = _problems(build, replace(sample, brand=Brand(fonts=("office.ttf",))))
    assert (problem.code, problem.message) == (
        "pdf-file",
        "office.ttf is not a font that can be read",
    )


def test_dead_anchor_and_skipped_level_are_problems(
    build: Callable[[Edition], Path], with_body: Callable[[str], Edition]
) -> None:
    problems = _problems(build, with_body("## A\n\n#### B\n\n[x](#gone)\n"))
    assert {problem.code for problem in problems} == {"pdf-dead-anchor", "pdf-heading-level"}
    assert all(problem.location is not None for problem in problems)


def test_link_to_another_document_is_plain_text(
    sample_pdf: Path, text_of: Callable[..., str]
) -> None:
    assert "The steps are in the Access Review Procedure." in text_of(sample_pdf).replace("\n", " ")


@pytest.mark.parametrize(
    ("source", "code"),
    [
        pytest.param("![](seen.svg)", "pdf-picture-alt", id="no words"),
        pytest.param("![x](missing.png)", "pdf-file", id="no file"),
        pytest.param("![x](https://harbor.example/x.png)", "pdf-file", id="from the network"),
        pytest.param("![x](../../../outside.png)", "pdf-file", id="outside the workspace"),
        pytest.param("![x](link.png)", "pdf-file", id="a link that leads outside"),
        pytest.param("![x](broken.png)", "pdf-typst", id="not a picture"),
    ],
)
def test_picture_that_cannot_be_shown_is_a_problem(
    tmp_path: Path,
    build: Callable[[Edition], Path],
    with_body: Callable[[str], Edition],
    source: str,
    code: str,
) -> None:
    folder = tmp_path / "rendered" / "policies"
    folder.mkdir(parents=True)
    (folder / "seen.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    (folder / "broken.png").write_bytes(b"no picture")
    outside = tmp_path.parent / "outside.png"
    outside.write_bytes(b"secret")
    (folder / "link.png").symlink_to(outside)
    [problem] = _problems(build, with_body(f"## A\n\n{source}\n"))
    assert problem.code == code


def test_picture_of_the_workspace_is_shown_with_its_words(
    tmp_path: Path, build: Callable[[Edition], Path], with_body: Callable[[str], Edition]
) -> None:
    folder = tmp_path / "rendered" / "policies"
    folder.mkdir(parents=True)
    (folder / "flow.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
    )
    path = build(with_body('## A\n\n![Who "asks" whom \\\\ #x](flow.svg)\n'))
    with pikepdf.open(path) as pdf:
        spoken = [
            str(item.Alt)
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure"
        ]
    assert spoken == ['Who "asks" whom \\ #x']


@pytest.mark.parametrize("name", ["../outside.svg", "/etc/hostname", "logo.txt", "gone.svg"])
def test_logo_outside_the_workspace_is_refused(
    tmp_path: Path, sample: Edition, build: Callable[[Edition], Path], name: str
) -> None:
    (tmp_path / "logo.txt").write_text("no picture")
    (tmp_path.parent / "outside.svg").write_text("<svg/>")
    [problem] = _problems(build, replace(sample, brand=Brand(logo=name)))
    assert (problem.code, str(problem.location)) == ("pdf-file", "organization.yml")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("> " * 400 + "x\n", id="deep quotes"),
        pytest.param("".join("    " * depth + "- x\n\n" for depth in range(60)), id="deep lists"),
        pytest.param("**" * 3000 + "\n", id="stars"),
    ],
)
def test_absurd_nesting_is_a_problem_or_a_document(
    build: Callable[[Edition], Path], with_body: Callable[[str], Edition], body: str
) -> None:
    outcome: set[str] = set()
    try:
        assert build(with_body("## A\n\n" + body)).read_bytes().startswith(b"%PDF")
    except PolicygenError as error:
        outcome = {problem.code for problem in error.problems}
    assert outcome <= {"pdf-typst", "pdf-pandoc"}


def test_a_print_theme_of_an_older_release_is_named_with_what_renews_it(
    tmp_path: Path, theme: Path, typesetter: Typesetter, with_body: Callable[[str], Edition]
) -> None:
    older = tmp_path / "overrides" / "pdf"
    shutil.copytree(theme, older)
    blocks = older / "blocks.typ"
    blocks.write_text(blocks.read_text().replace("#let whole(body)", "#let unknown(body)"))
    edition = with_body("## A\n\n- one\n- two\n")
    with pytest.raises(PolicygenError) as error:
        build_pdf(edition, (), typesetter=typesetter, theme=older, workspace=tmp_path)
    [problem] = error.value.problems
    assert problem.code == "pdf-typst"
    assert problem.hint is not None
    assert "policygen upgrade" in problem.hint


def test_another_text_than_the_approved_one_is_refused(
    sample: Edition, build: Callable[[Edition], Path]
) -> None:
    [problem] = _problems(build, replace(sample, text=sample.text + "\n"))
    assert problem.code == "pdf-text-digest"


def test_every_file_of_the_filter_ships() -> None:
    assert {path.name for path in LUA.iterdir()} >= {"serve.lua", "print_form.lua", "tables.lua"}
