"""The method: how each list of a package came about, so that a tester can rely on it or redo it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policygen.audit.lists.listing import Listing, Stamp

_RULES = """\
- Everything here is told from `evidence/`, from git, and from `organization.yml` as it stood on the
  default branch at the commit above. Nothing is asked of anybody, and no clock is read.
- A consent, a review or a trust snapshot belongs to the window by the time that it states. Column
  "First in git" says when the default branch first had it, which is another witness.
- A version is in force from its effective day until the day before the next one takes effect or the
  document is retired. Days are days in the time zone above.
- What was decided after the window is not here. A review that came late is late; one that came
  after the window is missing. A day without a version in force is a gap and is listed.
- Evidence that came later is in the package only where a sealed PDF of the window carries it
  inside, or where the signer of the manifest became known later.
- Sealed PDFs are the files that were stored when they were sealed. All else is made anew, byte for
  byte the same from the same evidence: export again and compare.
"""


def method(
    lists: Sequence[Listing], stamp: Stamp, *, time_zone: str, set_head: str, notes: Sequence[str]
) -> bytes:
    """`METHOD.md`.

    Args:
        lists: Every list of the package.
        stamp: What all of them state.
        time_zone: Where days begin.
        set_head: Of the evidence in the package.
        notes: What else a tester must know about this package.
    """
    rows = [
        f"| `{found.folder}/{table.name}.csv` | {len(table.rows)} | {_cell(found.source)} "
        f"| {_cell(found.filter)} |"
        for found in lists
        for table in found.tables
    ]
    lines = [
        "# Method",
        "",
        "| | |",
        "| --- | --- |",
        f"| Organization | {_cell(stamp.organization)} |",
        f"| Window | {stamp.window} |",
        f"| Time zone | {time_zone} |",
        f"| Commit | `{stamp.commit}` |",
        f"| Made by | {stamp.tool} |",
        f"| Set head of the evidence | `{set_head}` |",
        "",
        "## Rules",
        "",
        _RULES.rstrip(),
        *(f"- {note}" for note in notes),
        "",
        "## Lists",
        "",
        "Each list is a workbook and a CSV with the same rows. To redo one, check out the commit "
        "and run the same `policygen export`.",
        "",
        "| List | Rows | Source | Left out |",
        "| --- | --- | --- | --- |",
        *rows,
        "",
    ]
    return "\n".join(lines).encode()


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|")
