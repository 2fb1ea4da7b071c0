"""The same input gives the same bytes: in another process, folder, time zone and hash seed."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policygen.pipeline.sources.survey import Survey

_SCRIPT = """
import hashlib, sys
from pathlib import Path
from policygen.pipeline.publication.editions import brand_of, edition_of_version
from policygen.pipeline.publication.sealing import unsigned_pdf
from policygen.pipeline.situation import situation
from policygen.publish.pdf.typeset import Typesetter
from tests.moments import NOW

found = situation(Path(sys.argv[1]), now=NOW)
for document in found.survey.rendering.documents:
    print(document.path, document.digest)
with Typesetter() as typesetter:
    for entry in found.register.entries:
        pdf = unsigned_pdf(found, entry, entry.in_force, typesetter)
        print(entry.id, hashlib.sha256(pdf).hexdigest())
"""


def _digests(root: Path, folder: Path, **environment: str) -> str:
    folder.mkdir()
    here = str(Path.cwd())
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, str(root)],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": here, **environment},
    )
    return done.stdout


def test_rendered_text_and_unsigned_pdfs_are_the_same_everywhere(
    demonstration: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "another place" / "with spaces"
    shutil.copytree(demonstration, elsewhere, ignore=shutil.ignore_patterns("build"))
    here = _digests(demonstration, tmp_path / "a", TZ="UTC", PYTHONHASHSEED="1", HOME=str(tmp_path))
    there = _digests(
        elsewhere, tmp_path / "b", TZ="Pacific/Kiritimati", PYTHONHASHSEED="2", HOME="/nonexistent"
    )
    assert here == there
    assert len(here.splitlines()) > 1


def test_rendered_text_of_this_repository_is_what_its_templates_say(
    library_survey: Survey,
) -> None:
    assert [str(problem) for problem in library_survey.problems] == []
    for document in library_survey.rendering.documents:
        data = (library_survey.root / document.path).read_bytes()
        assert hashlib.sha256(data).hexdigest() == document.digest
