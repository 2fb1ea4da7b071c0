"""Drift: `rendered/` is what the sources say, byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.problems import Location, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policygen.model.document import Document


def drift(documents: Sequence[Document], on_disk: Mapping[str, bytes]) -> list[Problem]:
    """Rendered files that are missing, differ from the sources or have no source.

    Args:
        documents: What the sources say.
        on_disk: The bytes under `rendered/`, by path relative to the workspace.
    """
    problems = []
    for document in documents:
        found = on_disk.get(document.path)
        expected = document.text.encode()
        if found is None:
            problems.append(
                Problem(
                    code="drift-missing",
                    location=Location(document.path),
                    message=f"{document.template} has not been rendered",
                    hint="Run policygen render and commit the result.",
                )
            )
        elif found != expected:
            problems.append(
                Problem(
                    code="drift-differs",
                    location=Location(document.path, _first_difference(found, expected)),
                    message=f"the file is not what {document.template} and the profile say",
                    hint="rendered/ is never edited: change the template or the profile, "
                    "then run policygen render.",
                )
            )
    problems += [
        Problem(
            code="drift-stale",
            location=Location(path),
            message="no included template renders this file",
            hint="Run policygen render, which removes it.",
        )
        for path in stale_files(documents, on_disk)
    ]
    return problems


def stale_files(documents: Sequence[Document], on_disk: Mapping[str, bytes]) -> tuple[str, ...]:
    """Paths under `rendered/` that no document of the set has."""
    expected = {document.path for document in documents}
    return tuple(sorted(set(on_disk) - expected))


def _first_difference(found: bytes, expected: bytes) -> int:
    pairs = zip(found.split(b"\n"), expected.split(b"\n"), strict=False)
    same = next((number for number, (ours, theirs) in enumerate(pairs) if ours != theirs), None)
    return same + 1 if same is not None else min(found.count(b"\n"), expected.count(b"\n")) + 1
