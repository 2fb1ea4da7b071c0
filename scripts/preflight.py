"""Ask Apache PDFBox Preflight about documents of this repository, built as PDF/A-1b.

usage: python scripts/preflight.py DOCUMENT...

Preflight knows PDF/A-1b only, which has no attachments; so the theme is used without them. It also
takes bookmarks only where they hold their destination themselves, while the standard lets them
refer to it; that one difference is removed before it looks. Everything else is as we publish it.

Debian: apt-get install libpdfbox2-java libcommons-logging-java libcommons-io-java
libactivation-java libjaxb-api-java libbcprov-java default-jre-headless
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pikepdf

from policygen.pipeline.publication.editions import brand_of, edition_of_draft
from policygen.pipeline.sources.survey import survey
from policygen.publish.pdf import press
from policygen.publish.pdf.document import build_pdf
from policygen.publish.pdf.typeset import Typesetter

ROOT = Path(__file__).parents[1]
JARS = (
    "preflight", "pdfbox2", "fontbox2", "xmpbox", "commons-logging", "commons-io",
    "javax.activation", "jaxb-api", "bcprov",
)  # fmt: skip


def main(names: list[str]) -> int:
    """Print Preflight's verdict on each document; 1 where one is not valid."""
    press.STANDARDS = ("a-1b",)  # type: ignore[assignment]
    found = survey(ROOT, now=datetime.now(UTC))
    documents = [document for document in found.rendering.documents if document.id in names]
    if len(documents) != len(names):
        sys.stderr.write("no such document: name them as policygen status does\n")
        return 2
    failed = 0
    with tempfile.TemporaryDirectory() as folder, Typesetter() as typesetter:
        theme = Path(folder) / "theme"
        shutil.copytree(ROOT / "overrides" / "pdf", theme)
        (theme / "attachments.typ").write_text("#let attachments = none\n")
        for document in documents:
            edition = edition_of_draft(document, brand_of(found.facts.profile))
            pdf = build_pdf(edition, (), typesetter=typesetter, theme=theme, workspace=ROOT)
            path = Path(folder) / f"{document.id}.pdf"
            path.write_bytes(pdf)
            _hold_destinations(path)
            failed += _preflight(path)
    return 1 if failed else 0


def _hold_destinations(path: Path) -> None:
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        waiting = [pdf.Root.Outlines.First]
        while waiting:
            item = waiting.pop()
            item["/Dest"] = pikepdf.Array(list(item["/Dest"]))
            waiting += [item[key] for key in ("/First", "/Next") if key in item]
        pdf.save(path, fix_metadata_version=False)


def _preflight(path: Path) -> int:
    jars = [
        str(jar) for name in JARS for jar in sorted(Path("/usr/share/java").glob(f"{name}.jar"))
    ]
    command = ["java", "-cp", ":".join(jars), "org.apache.pdfbox.preflight.Validator_A1b", path]
    done = subprocess.run(command, capture_output=True, text=True)
    sys.stdout.write(done.stdout.strip() + "\n" if done.stdout.strip() else done.stderr)
    return int("is a valid PDF/A-1b file" not in done.stdout)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
