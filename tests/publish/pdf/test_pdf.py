"""The PDF of one document: the same bytes everywhere, archivable, readable by all."""

from __future__ import annotations

import hashlib
import os
import pickle
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pikepdf
import pytest

from policygen.model.publication import Attachment, Brand, Edition
from policygen.problems import PolicygenError
from policygen.publish.pdf.document import build_pdf, engine_versions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from policygen.publish.pdf.typeset import Typesetter

REPOSITORY = Path(__file__).parents[3]
ELSEWHERE = """
import pickle, sys
from pathlib import Path
from policygen.publish.pdf.document import build_pdf
from policygen.publish.pdf.typeset import Typesetter
edition, attachments = pickle.loads(Path(sys.argv[1]).read_bytes())
with Typesetter() as typesetter:
    for name in sys.argv[3:]:
        pdf = build_pdf(edition, attachments, typesetter=typesetter,
                        theme=Path(sys.argv[2]), workspace=Path.cwd())
        Path(name).write_bytes(pdf)
"""


def _output(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True).stdout.decode()


def _draft(edition: Edition) -> Edition:
    return replace(
        edition, version=None, approved=None, effective=None, next_review=None, approvals=()
    )


def test_bytes_are_the_same_in_other_processes_folders_and_time_zones(
    tmp_path: Path, sample: Edition, evidence: tuple[Attachment, ...], sample_pdf: Path, theme: Path
) -> None:
    parts = tmp_path / "parts"
    parts.write_bytes(pickle.dumps((sample, evidence)))
    for zone, home in (("Pacific/Kiritimati", "/nonexistent"), ("America/Adak", str(tmp_path))):
        folder = tmp_path / zone.replace("/", "-") / "deep"
        folder.mkdir(parents=True)
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(REPOSITORY),
            "TZ": zone,
            "HOME": home,
            "LC_ALL": "C",
            "RAYON_NUM_THREADS": "1",
            "SOURCE_DATE_EPOCH": "7",
        }
        subprocess.run(
            [sys.executable, "-c", ELSEWHERE, parts, theme, "one.pdf", "two.pdf"],
            check=True,
            cwd=folder,
            env=environment,
        )
        assert (folder / "one.pdf").read_bytes() == sample_pdf.read_bytes()
        assert (folder / "two.pdf").read_bytes() == sample_pdf.read_bytes()


def test_standards_are_declared_and_the_file_is_clean(sample_pdf: Path) -> None:
    assert "No syntax or stream encoding errors found" in _output("qpdf", "--check", sample_pdf)
    assert re.search(r"Tagged:\s+yes", _output("pdfinfo", sample_pdf))
    with pikepdf.open(sample_pdf) as pdf, pdf.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        assert metadata["pdfuaid:part"] == "1"
        assert str(pdf.Root.Lang) == "en-GB"
        assert bool(pdf.Root.MarkInfo.Marked)
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert len(pdf.Root.OutputIntents.as_list()) == 1
        assert "/JavaScript" not in pdf.Root.get("/Names", {})


def test_times_come_from_the_effective_day_and_drafts_have_none(
    sample: Edition,
    sample_pdf: Path,
    build: Callable[[Edition], Path],
) -> None:
    with pikepdf.open(sample_pdf) as pdf:
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:20261201000000")
    with pikepdf.open(build(_draft(sample))) as pdf:
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:19800101000000")


def test_every_font_is_embedded_and_maps_to_unicode(sample_pdf: Path) -> None:
    rows = _output("pdffonts", sample_pdf).splitlines()[2:]
    assert rows
    for row in rows:
        embedded, _subset, to_unicode = re.findall(r" (yes|no)(?= )", row)[:3]
        assert (embedded, to_unicode) == ("yes", "yes"), row


def test_structure_names_tables_lists_and_notes(sample_pdf: Path) -> None:
    roles = set(re.findall(r"^ *(\w+)", _output("pdfinfo", "-struct", sample_pdf), re.MULTILINE))
    assert roles >= {"Document", "H1", "H2", "Table", "THead", "TH", "TD", "L", "LI", "Note"}
    assert roles >= {"TOC", "Link", "P", "Code"}


def test_each_statement_is_a_paragraph_that_opens_with_its_id(sample_pdf: Path) -> None:
    spoken = _output("pdfinfo", "-struct-text", sample_pdf)
    opened = re.findall(r'P \(block\)\n\s+"(AC-\d+)\s*"', spoken)
    assert opened[:5] == ["AC-01", "AC-02", "AC-03", "AC-07", "AC-08"]


def test_every_link_says_where_it_leads(sample_pdf: Path) -> None:
    with pikepdf.open(sample_pdf) as pdf:
        for page in pdf.pages:
            for annotation in page.get("/Annots", pikepdf.Array()).as_list():
                assert str(annotation.Contents).strip()
                assert "/StructParent" in annotation
            assert str(page.Tabs) == "/S"


def test_bookmarks_name_the_sections(sample_pdf: Path) -> None:
    with pikepdf.open(sample_pdf) as pdf, pdf.open_outline() as outline:
        titles = [item.title for item in outline.root]
    assert titles[:3] == ["Purpose", "Scope", "Roles"]
    assert titles[-2:] == ["Control statements", "Approval and verification"]


def test_words_come_out_in_the_order_of_the_text(
    typesetter: Typesetter,
    sample: Edition,
    with_body: Callable[[str], Edition],
    build: Callable[[Edition], Path],
    text_of: Callable[..., str],
    squeezed: Callable[[str], str],
) -> None:
    # Footnotes and landscape pages stand elsewhere on paper; they have tests of their own.
    kept = "## Purpose" + sample.text.partition("## Purpose")[2]
    kept = kept.replace("[^1]: Described in", "Described in").replace("[^1]", "")
    kept = "\n".join(line for line in kept.split("\n") if line.count(" | ") < 6)
    edition = with_body(kept)
    blocks = typesetter.structure(edition.record.body)[1:]
    source = squeezed(" ".join(_words(blocks)))
    # A4 without running head and foot.
    printed = text_of(build(edition), "-x", "0", "-y", "70", "-W", "595", "-H", "695")
    marks = re.compile(r"^(?:\d+\.|[•\u2013]) ", re.MULTILINE)
    assert source in squeezed(marks.sub("", printed))


def _words(blocks: Iterable[object]) -> Iterable[str]:
    for block in blocks:
        match block:
            case ("callout", str(kind), tuple(inner)):
                yield kind.capitalize()
                yield from _words(inner)
            case ("paragraph" | "code", str(text)) | ("heading", int(), str(text)):
                yield text
            case ("table", tuple(rows)):
                yield from (cell for row in rows for cell in row)
            case ("bullets" | "quote", tuple(items)) | ("numbers", int(), tuple(items)):
                yield from (word for item in items for word in _words(item))
            case _:
                raise AssertionError(block)


def test_first_page_says_who_controls_the_document(
    sample_pdf: Path, text_of: Callable[..., str]
) -> None:
    page = text_of(sample_pdf, "-l", "1")
    for fact in (
        "Brightwater Analytics, Inc.",
        "Access Control Policy",
        "access-control-policy",
        "Version\n2.0",
        "Approved\n20 November 2026",
        "Effective\n1 December 2026",
        "Next review, every 12 months\n20 November 2027",
        "Owner\nSecurity officer",
        "Approver\nHead of Engineering",
        "Classification\nInternal",
        "Criteria\nCC6.1, CC6.2, CC6.3, CC5.2, CC6.4",
    ):
        assert fact in page


def test_foot_of_every_page_names_version_page_and_digest(
    sample: Edition, sample_pdf: Path, text_of: Callable[..., str]
) -> None:
    pages = text_of(sample_pdf).split("\f")[:-1]
    for number, page in enumerate(pages, start=1):
        assert "Version 2.0 · Effective 1 December 2026 · Internal" in page
        assert f"Page {number} of {len(pages)}" in page
        assert f"Text sha256 {sample.text_sha256[:12]}" in page
        assert "Printed copies are uncontrolled" in page
        assert ("Brightwater Analytics, Inc. · Access Control Policy" in page) == (number > 1)


def test_last_pages_prove_the_approval(
    sample: Edition, sample_pdf: Path, text_of: Callable[..., str], squeezed: Callable[[str], str]
) -> None:
    end = squeezed(text_of(sample_pdf)).rpartition("Approvalandverification")[2]
    assert "DanaWhitfieldHeadofEngineering2026-11-2016:04CETA3\u2013signedwith" in end
    assert "timeunattested" in end
    assert "1.014November20251December2025initialDanaWhitfieldnosummarywasrecorded" in end
    assert sample.text_sha256 in end
    assert "ssh-keygen-Yverify" in end


def test_draft_says_so_on_every_page_and_claims_nothing(
    sample: Edition, build: Callable[[Edition], Path], text_of: Callable[..., str]
) -> None:
    pages = text_of(build(_draft(sample))).split("\f")[:-1]
    assert len(pages) > 2
    for page in pages:
        assert page.count("DRAFT \u2013 not approved") >= 2
        assert "2.0 · Effective" not in page
    assert "Version\nDRAFT \u2013 not approved" in pages[0]
    assert "1 December 2026" not in pages[0]


def test_attachments_come_out_byte_for_byte(
    tmp_path: Path, sample: Edition, evidence: tuple[Attachment, ...], sample_pdf: Path
) -> None:
    _output("pdfdetach", "-saveall", "-o", tmp_path, sample_pdf)
    found = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert found == {
        "access-control-policy.md": sample.text.encode(),
        **{attachment.name: attachment.content for attachment in evidence},
    }
    with pikepdf.open(sample_pdf) as pdf:
        files = {str(file.UF): str(file.AFRelationship) for file in pdf.Root.AF.as_list()}
    assert files == {
        "access-control-policy.md": "/Source",
        evidence[0].name: "/Data",
        evidence[1].name: "/Unspecified",
    }


def test_text_that_is_attached_already_is_not_attached_twice(
    tmp_path: Path,
    sample: Edition,
    build: Callable[[Edition, Sequence[Attachment]], Path],
    text_of: Callable[..., str],
) -> None:
    source = Attachment(
        name="2.0.md",
        content=sample.text.encode(),
        mime_type="text/markdown",
        description="The approved text",
        relationship="source",
    )
    path = build(sample, [source])
    assert "1 embedded files" in _output("pdfdetach", "-list", path)
    assert "sha256sum 2.0.md" in text_of(path)


def test_commands_name_the_consent_and_keys_of_the_printed_version(
    sample: Edition,
    build: Callable[[Edition, Sequence[Attachment]], Path],
    text_of: Callable[..., str],
) -> None:
    names = [
        *(f"approvals__x__{version}.ann.json.sig" for version in ("1.0", "10.0", "2.0")),
        *(f"trust__{number}.allowed_signers" for number in (1, 10, 9)),
    ]
    attachments = [
        Attachment(
            name=name,
            content=name.encode(),
            mime_type="text/plain",
            description="x",
            relationship="data",
        )
        for name in names
    ]
    text = text_of(build(replace(sample, version="10.0"), attachments))
    assert (
        "ssh-keygen -Y verify -f trust__10.allowed_signers -I ann -n policy-approval "
        "-s approvals__x__10.0.ann.json.sig < approvals__x__10.0.ann.json"
    ).replace(" ", "") in "".join(text.split())


def test_contents_come_with_the_third_page(
    build: Callable[[Edition], Path],
    with_body: Callable[[str], Edition],
    text_of: Callable[..., str],
) -> None:
    def page_count(sections: int) -> tuple[int, bool]:
        text = text_of(build(with_body("## Section\n\nA sentence.\n\n" * sections)))
        return text.count("\f"), "\nContents\n" in text

    found = [page_count(sections) for sections in (1, 6, 9, 11, 13, 20)]
    assert found[0] == (2, False)
    assert all((pages >= 3) == contents for pages, contents in found)
    assert found[-1][1]


def test_wide_table_turns_its_page(sample_pdf: Path, text_of: Callable[..., str]) -> None:
    with pikepdf.open(sample_pdf) as pdf:
        boxes = [[float(side) for side in page.mediabox] for page in pdf.pages]
    turned = [number for number, box in enumerate(boxes, start=1) if box[2] > box[3]]
    assert len(turned) == 1
    page = text_of(sample_pdf, "-f", str(turned[0]), "-l", str(turned[0]))
    assert "Compared with" in page
    assert "What a review must show" in page


def test_a_footnote_stands_at_the_foot_of_the_page_that_calls_it(
    build: Callable[[Edition], Path],
    with_body: Callable[[str], Edition],
    text_of: Callable[..., str],
) -> None:
    filling = "A sentence.\n\n" * 60
    body = (
        f"## A\n\n{filling}The harbor[^pier] is here.\n\n{filling}[^pier]: Its pier is elsewhere.\n"
    )
    [page] = [page for page in text_of(build(with_body(body))).split("\f") if "harbor" in page]
    after = page.partition("harbor")[2]
    assert after.index("A sentence.") < after.index("Its pier is elsewhere.")


def test_head_of_a_long_table_repeats(
    build: Callable[[Edition], Path],
    with_body: Callable[[str], Edition],
    text_of: Callable[..., str],
) -> None:
    rows = "".join(f"| row {number} | text |\n" for number in range(150))
    text = text_of(build(with_body(f"## A\n\n| Harbor | Pier |\n| --- | --- |\n{rows}")))
    pages = [page for page in text.split("\f") if "row" in page]
    assert len(pages) > 2
    assert all("Harbor" in page for page in pages)


def test_a_short_table_is_kept_on_one_page_with_the_sentence_that_leads_to_it(
    build: Callable[[Edition], Path],
    with_body: Callable[[str], Edition],
    text_of: Callable[..., str],
) -> None:
    # Tables at many heights of the page, so that some meet its foot.
    body = "## A\n\n"
    for table in range(12):
        rows = "".join(f"| row {table}x{row} | text |\n" for row in range(6))
        body += "A sentence.\n\n" * (table + 3)
        body += f"### Part {table}\n\nLead {table}x, a sentence.\n\n"
        body += f"| Harbor | Pier |\n| --- | --- |\n{rows}\n"
    pages = text_of(build(with_body(body))).split("\f")
    for table in range(12):
        [page] = [page for page in pages if f"row {table}x" in page]
        assert f"Lead {table}x" in page


def test_a_step_and_a_short_list_are_whole_on_one_page_with_what_leads_to_them(
    build: Callable[[Edition], Path],
    with_body: Callable[[str], Edition],
    text_of: Callable[..., str],
) -> None:
    # At many heights of the page, so that some meet its foot.
    body = "## A\n\n"
    for part in range(12):
        body += "A sentence.\n\n" * (part + 3)
        body += f"### Part {part}\n\n"
        for step in range(1, 4):
            body += f"{step}. **Do {part}x{step}.** A sentence that says how. {'So. ' * 40}\n\n"
            body += f"    *When:* at {part}x{step}. *Record:* a note.\n\n"
        body += f"Lead {part}x, which names:\n\n"
        body += "".join(f"- item {part}x{item}\n" for item in range(6)) + "\n"
    pages = text_of(build(with_body(body))).split("\f")
    assert len(pages) > 6
    for part in range(12):
        for step in range(1, 4):
            [page] = [page for page in pages if f"Do {part}x{step}." in page]
            assert f"at {part}x{step}." in page
        [page] = [page for page in pages if f"item {part}x0\n" in page]
        assert all(f"item {part}x{item}\n" in page for item in range(6))
        assert f"Lead {part}x" in page


@pytest.mark.parametrize(
    "block",
    [
        pytest.param("".join(f"- w{n}w\n" for n in range(110)), id="short items"),
        pytest.param(
            "- Run this:\n\n    ```\n" + "".join(f"    w{n}w\n" for n in range(110)) + "    ```\n",
            id="code in an item",
        ),
        pytest.param(
            "- See:\n\n    | a | b |\n    | --- | --- |\n"
            + "".join(f"    | w{n}w | x |\n" for n in range(110)),
            id="table in an item",
        ),
        pytest.param(
            "1. Go.\n\n" + "".join(f"    w{n}w\n\n" for n in range(110)), id="paragraphs of a step"
        ),
    ],
)
def test_no_list_is_kept_whole_that_is_longer_than_a_page(
    build: Callable[[Edition], Path],
    with_body: Callable[[str], Edition],
    text_of: Callable[..., str],
    block: str,
) -> None:
    text = text_of(build(with_body(f"## A\n\nLead:\n\n{block}\nThe end.\n")))
    assert [n for n in range(110) if f"w{n}w" not in text] == []


def test_a_list_of_attached_files_with_long_names_is_printed_to_its_end(
    build: Callable[[Edition, Sequence[Attachment]], Path],
    sample: Edition,
    text_of: Callable[..., str],
) -> None:
    attachments = [
        Attachment(
            name=f"approvals-{'continuity-' * 12}n{number}n.json",
            content=str(number).encode(),
            mime_type="application/json",
            description="consent",
            relationship="supplement",
        )
        for number in range(39)
    ]
    text = "".join(text_of(build(sample, attachments)).split())
    digests = [hashlib.sha256(attachment.content).hexdigest() for attachment in attachments]
    assert [number for number in range(39) if digests[number] not in text] == []


def test_a_font_that_is_replaced_counts_in_a_process_that_goes_on(
    tmp_path: Path, sample: Edition, theme: Path, typesetter: Typesetter
) -> None:
    def built(folder: Path) -> bytes:
        return build_pdf(sample, (), typesetter=typesetter, theme=folder, workspace=tmp_path)

    changed, fresh = tmp_path / "changed", tmp_path / "fresh"
    shutil.copytree(theme, changed)
    before = built(changed)
    regular, italic = (changed / "fonts" / f"Inter-{style}.ttf" for style in ("Regular", "Italic"))
    italic.write_bytes(regular.read_bytes())
    shutil.copytree(changed, fresh)
    assert built(changed) == built(fresh) != before


def test_long_identifiers_stay_on_the_page(
    tmp_path: Path, build: Callable[[Edition], Path], with_body: Callable[[str], Edition]
) -> None:
    name = "arn:aws:iam::123456789012:role/deploy-production-" + "x" * 90
    cells = " | ".join(f"`{name}`" for _ in range(5))
    path = build(
        with_body(
            f"## A {name}\n\n{name}\n\n- `{name}`\n\n| a | b | c | d | e |\n"
            f"| - | - | - | - | - |\n| {cells} |\n\n**AC-01** {name}\n\n```\n{name}{name}\n```\n"
        )
    )
    boxes = _output("pdftotext", "-bbox", path, "-")
    right_ends = [float(end) for end in re.findall(r'<word .*xMax="([\d.]+)"', boxes)]
    # A4 is 595.3 points wide, its right margin 22 mm.
    assert max(right_ends) <= 595.3 - 62.3 + 1


def test_statements_hang_in_the_margin_and_are_linked_from_their_table(sample_pdf: Path) -> None:
    boxes = _output("pdftotext", "-bbox", sample_pdf, "-")
    hanging = re.findall(r'<word xMin="([\d.]+)".*>(AC-\d+)</word>', boxes)
    in_margin = [statement for left, statement in hanging if float(left) < 100]
    assert in_margin[:4] == ["AC-01", "AC-02", "AC-03", "AC-07"]
    with pikepdf.open(sample_pdf) as pdf:
        links = [
            annotation
            for page in pdf.pages
            for annotation in page.get("/Annots", pikepdf.Array()).as_list()
            if annotation.Subtype == "/Link"
        ]
    assert len(links) > len(in_margin)


def test_letter_paper_accent_and_logo_are_the_organizations(
    tmp_path: Path, sample: Edition, build: Callable[[Edition], Path]
) -> None:
    (tmp_path / "logo.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
    )
    brand = Brand(accent="#0b6b5d", logo="logo.svg", paper="us-letter")
    with pikepdf.open(build(replace(sample, brand=brand))) as pdf:
        assert [float(side) for side in pdf.pages[0].mediabox][2:] == [612, 792]
        assert str(pdf.Root.Lang) == "en-US"
        figures = [
            item
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure"
        ]
        assert [str(figure.Alt) for figure in figures] == ["Logo of Brightwater Analytics, Inc."]


def test_engine_versions_change_with_the_theme(tmp_path: Path, theme: Path) -> None:
    versions = engine_versions(theme)
    assert set(versions) == {"pandoc", "typst", "theme", "fonts"}
    assert re.fullmatch(r"\d+(\.\d+)+", versions["pandoc"])
    other = tmp_path / "theme"
    (other / "fonts").mkdir(parents=True)
    for source in theme.rglob("*"):
        if source.is_file():
            target = other / source.relative_to(theme)
            target.write_bytes(source.read_bytes())
    assert engine_versions(other) == versions
    (other / "look.typ").write_bytes((theme / "look.typ").read_bytes() + b"\n")
    changed = engine_versions(other)
    assert changed["theme"] != versions["theme"]
    assert changed["fonts"] == versions["fonts"]


@pytest.mark.parametrize("name", ["../x.json", "a b.json", "access-control-policy.md", ""])
def test_attachment_names_that_a_pdf_cannot_carry_are_refused(
    tmp_path: Path, sample: Edition, typesetter: Typesetter, theme: Path, name: str
) -> None:
    attachment = Attachment(
        name=name, content=b"x", mime_type="text/plain", description="x", relationship="data"
    )
    with pytest.raises(PolicygenError) as caught:
        build_pdf(sample, [attachment], typesetter=typesetter, theme=theme, workspace=tmp_path)
    assert [problem.code for problem in caught.value.problems] == ["pdf-attachment-name"]


def test_digest_on_paper_is_that_of_the_attached_text(
    tmp_path: Path, sample: Edition, sample_pdf: Path
) -> None:
    _output("pdfdetach", "-saveall", "-o", tmp_path, sample_pdf)
    content = (tmp_path / "access-control-policy.md").read_bytes()
    assert hashlib.sha256(content).hexdigest() == sample.text_sha256
