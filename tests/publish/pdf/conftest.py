"""A sample policy as an edition, and the stock tools that look at its PDF."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from policygen.model.document import text_digest
from policygen.model.publication import Attachment, Edition, HistoryLine
from policygen.publish.pdf.document import build_pdf
from policygen.publish.pdf.typeset import Typesetter
from tests.publish.editions import edition, text_of_sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def theme() -> Path:
    return REPOSITORY / "overrides" / "pdf"


@pytest.fixture(scope="session")
def typesetter() -> Iterator[Typesetter]:
    with Typesetter() as running:
        yield running


@pytest.fixture(scope="session")
def sample() -> Edition:
    """Version 2.0 of the sample policy."""
    return edition(
        2,
        text_of_sample(),
        history=(
            HistoryLine(
                version="1.0",
                approved=date(2025, 11, 14),
                effective=date(2025, 12, 1),
                significance="initial",
                approved_by="Dana Whitfield",
                summary="",
            ),
            HistoryLine(
                version="2.0",
                approved=date(2026, 11, 20),
                effective=date(2026, 12, 1),
                significance="major",
                approved_by="Dana Whitfield",
                summary="Quarterly reviews for every production system",
            ),
        ),
    )


@pytest.fixture(scope="session")
def evidence() -> tuple[Attachment, ...]:
    """A consent and its signature, as attachments."""
    return (
        Attachment(
            name="approvals__access-control-policy__2.0.dana-whitfield.json",
            content=b'{"decision": "approved"}\n',
            mime_type="application/json",
            description="A consent",
            relationship="data",
        ),
        Attachment(
            name="approvals__access-control-policy__2.0.dana-whitfield.json.sig",
            content=bytes(range(256)),
            mime_type="application/octet-stream",
            description="Its signature",
            relationship="unspecified",
        ),
    )


@pytest.fixture
def build(
    tmp_path: Path, theme: Path, typesetter: Typesetter
) -> Callable[[Edition, Sequence[Attachment]], Path]:
    """Build an edition with `tmp_path` as workspace; gives the file."""

    def _build(edition: Edition, attachments: Sequence[Attachment] = ()) -> Path:
        path = tmp_path / "document.pdf"
        path.write_bytes(
            build_pdf(edition, attachments, typesetter=typesetter, theme=theme, workspace=tmp_path)
        )
        return path

    return _build


@pytest.fixture(scope="session")
def with_body(sample: Edition) -> Callable[[str], Edition]:
    """The sample with another body below its title."""
    header, title, _ = sample.text.partition("# Access Control Policy\n\n")

    def _with_body(markdown: str) -> Edition:
        text = header + title + markdown
        record = replace(sample.record, body=title + markdown, statements=())
        return replace(sample, text=text, text_sha256=text_digest(text), record=record)

    return _with_body


@pytest.fixture(scope="session")
def sample_pdf(
    tmp_path_factory: pytest.TempPathFactory,
    sample: Edition,
    evidence: tuple[Attachment, ...],
    theme: Path,
    typesetter: Typesetter,
) -> Path:
    """The sample's PDF, built once."""
    folder = tmp_path_factory.mktemp("sample")
    path = folder / "access-control-policy-2.0.pdf"
    path.write_bytes(
        build_pdf(sample, evidence, typesetter=typesetter, theme=theme, workspace=folder)
    )
    return path


@pytest.fixture(scope="session")
def text_of() -> Callable[..., str]:
    """What pdftotext reads; break marks in long tokens are taken out."""

    def _text_of(path: Path, *options: str) -> str:
        done = subprocess.run(
            ["pdftotext", *options, "-raw", "-enc", "UTF-8", path, "-"],
            check=True,
            capture_output=True,
        )
        return done.stdout.decode().replace("\u200b", "")

    return _text_of


@pytest.fixture(scope="session")
def squeezed() -> Callable[[str], str]:
    """A text without white space: lines break in other places on paper."""
    return lambda text: re.sub(r"\s", "", text)
