"""Stamps: the RFC 3161 tokens beside records, checked, as plain times."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from policygen.history.records.paths import Shelf, in_workspace, place_of
from policygen.problems import Location, Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cryptography.x509 import Certificate

    from policygen.model.evidence import Evidence

ENDING = ".tsr"


def read_stamps(
    evidence: Evidence, trust_roots: Sequence[Certificate]
) -> tuple[dict[str, datetime], tuple[Problem, ...]]:
    """Times of the tokens that hold, by record path, and why the others do not.

    Args:
        evidence: The folder, or what a package carries of it.
        trust_roots: Root certificates of time-stamping authorities that count. Where none are
            named no time counts, which is said once; a token over other bytes is named all the
            same.
    """
    paths = [
        path
        for path in sorted(evidence.files)
        if path.endswith(ENDING) and (place := place_of(path)) and place.shelf is Shelf.TIMESTAMP
    ]
    if not paths:
        return {}, ()
    # pyHanko takes half a second to import, and most evidence has no tokens.
    from policygen.crypto.timestamps import check_token

    found: dict[str, datetime] = {}
    problems: list[Problem] = []
    for path in paths:
        record = path.removesuffix(ENDING)
        check = check_token(evidence.files[path], evidence.files.get(record, b""), trust_roots)
        location = Location(in_workspace(path))
        problems += [
            replace(problem, location=location)
            for problem in check.problems
            if trust_roots or problem.code != "timestamp-untrusted"
        ]
        if check.at is not None and not check.problems:
            found[in_workspace(record)] = check.at
    if not trust_roots:
        problems.append(_unjudged(len(paths)))
    return found, tuple(problems)


def _unjudged(count: int) -> Problem:
    return Problem(
        code="timestamp-unjudged",
        severity=Severity.WARNING,
        location=Location("organization.yml"),
        message=f"no root is named under which {count} time stamp{'' if count == 1 else 's'} of"
        " consents could count",
        hint="Name the authority's root certificate under publication: timestamp_roots.",
    )
