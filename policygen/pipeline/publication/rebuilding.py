"""Rebuilding: a sealed PDF made again from the evidence that it carries, and compared."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from policygen.pipeline.publication.editions import attachments_of, path_of_attachment
from policygen.pipeline.publication.sealing import engines_of, unsigned_pdf
from policygen.pipeline.situation import without_records
from policygen.problems import Location, Problem, Severity
from policygen.publish.pdf.typeset import Typesetter

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from policygen.model.register import Entry, Version
    from policygen.pipeline.situation import Situation


class Rebuilder:
    """Builds sealed PDFs of one workspace again, with one typesetter until it is closed."""

    def __init__(self, found: Situation) -> None:
        self._found = found
        self._engines = engines_of(found)
        self._typesetter = Typesetter()

    def close(self) -> None:
        """End the typesetter."""
        self._typesetter.close()

    def differences(
        self,
        entry: Entry,
        version: Version,
        facts: Mapping[str, object],
        carried: Collection[str],
        path: str,
    ) -> Iterator[Problem]:
        """Build revision 0 again under the recorded engines, or say which of them differ.

        Args:
            entry: The document.
            version: The sealed version.
            facts: The record of its seal.
            carried: Paths below `evidence/` of the files inside the PDF.
            path: Of the PDF, for problems.
        """
        then = facts.get("engines")
        differing = [
            name
            for name in self._engines
            if not isinstance(then, dict) or then.get(name) != self._engines[name]
        ]
        if differing:
            yield Problem(
                code="seal-other-engines",
                severity=Severity.WARNING,
                location=Location(path),
                message=f"it was built with another {', '.join(differing)}, so it is not rebuilt",
                hint="The record names the versions; install them to rebuild it.",
            )
            return
        pdf = self._built(entry, version, carried)
        if pdf is None or hashlib.sha256(pdf).hexdigest() != facts.get("revision0_sha256"):
            yield Problem(
                code="seal-not-rebuilt",
                location=Location(path),
                message="building it again from evidence gives other bytes",
                hint="Compare the two PDFs page by page.",
            )

    def _built(self, entry: Entry, version: Version, carried: Collection[str]) -> bytes | None:
        """Revision 0, from what was known when it was sealed; None where that approves nothing.

        A further approver, a time stamp or a second signature under a trust snapshot may come
        after the seal. It counts from then on, but a PDF that is out cannot say so.
        """
        found = self._found
        now = {
            path_of_attachment(row.name) for row in attachments_of(entry, version, found.evidence)
        }
        later = now - {*carried}
        if later:
            found = without_records(found, later)
            then = found.register.entry(version.document)
            same = (row for row in then.versions if row.version == version.version) if then else ()
            then_version = next(iter(same), None)
            if then is None or then_version is None or then_version.approved_at is None:
                return None
            entry, version = then, then_version
        return unsigned_pdf(found, entry, version, self._typesetter)
