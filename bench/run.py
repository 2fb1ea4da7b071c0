"""Measures policygen beside the floor of the same run: `make bench`.

Times depend on the machine; the ratios are what we hold ourselves to.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

from bench import consents, floors
from bench.library import make_library, one_sentence
from bench.measure import Run, median, policygen, seconds

Row = tuple[str, str, str, str, str]
HEAD: Row = ("work", "measured", "floor or peer", "ratio", "goal")


def main() -> None:
    """Measure everything and print the table."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="policygen-bench-") as folder:
        place = Path(folder)
        root = _organization(place, options.documents)
        rows = [*_cold(root, options.runs), *_unchanged(root, options.runs)]
        rows += _consents(root, options.runs)
        draft = _workspace(place / "draft", options.documents)
        rows += _one_sentence(draft, options.runs)
        if not options.small:
            rows += _tenfold(place, draft, options.documents)
    print(f"{options.documents} documents, medians of {options.runs} runs")
    _print(rows)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=69)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--small", action="store_true", help="leave out ten times the documents")
    return parser.parse_args()


def _organization(place: Path, documents: int) -> Path:
    """An approved and sealed organization with so many documents."""
    from policygen.pipeline import beginning, demonstration

    library, root = make_library(place / "library", documents), place / "organization"
    with (
        mock.patch.object(beginning, "library_root", return_value=library),
        mock.patch.object(demonstration, "library_root", return_value=library),
    ):
        taken = seconds(
            lambda: demonstration.demonstrate(
                root,
                now=datetime.now(UTC).replace(microsecond=0),
                version="bench",
                say=lambda _: None,
                advance=lambda _: None,
            )
        )
    print(f"policygen demo with {documents} documents: {taken:.1f} s")
    return root


def _workspace(root: Path, documents: int) -> Path:
    """Sources only."""
    make_library(root, documents)
    policygen(root, "render")
    return root


def _cold(root: Path, runs: int) -> list[Row]:
    from policygen.pipeline import sealing
    from policygen.pipeline.situation import situation
    from policygen.publish.pool import cores

    def work() -> Run:
        for name in ("build", "rendered", "evidence/sealed"):
            shutil.rmtree(root / name, ignore_errors=True)
        verbs = [policygen(root, verb) for verb in ("render", "check", "seal", "build")]
        for verb, run in zip(spent, verbs, strict=True):
            spent[verb].append(run.seconds)
        return Run(sum(run.seconds for run in verbs), max(run.peak_mb for run in verbs))

    spent: dict[str, list[float]] = {verb: [] for verb in ("render", "check", "seal", "build")}
    ours = median(runs, work)
    found = situation(root, now=datetime.now(UTC).replace(microsecond=0))
    rows = [
        sealing.Sealable(entry, version)
        for entry in found.register.entries
        for version in entry.versions
        if version.is_approval
    ]
    typeset, pdfs = floors.typesetting(found, rows)
    signed, pages = floors.sealing(root, pdfs), floors.mkdocs(root)
    floor = typeset / cores() + signed + pages
    parts = ", ".join(
        f"{verb} {sorted(times)[len(times) // 2]:.1f}" for verb, times in spent.items()
    )
    return [
        _row(f"cold: render, check, seal {len(rows)}, site, matrix", ours.seconds, floor, "1.5"),
        (f"  of this: {parts} s", "", "", "", ""),
        (
            f"  floor: pandoc + typst {typeset:.1f} on {cores()} cores, seal {signed:.1f}, "
            f"mkdocs {pages:.1f} s",
            "", "", "", "",
        ),
        ("  peak memory of one process", f"{ours.peak_mb:.0f} MB", "", "", ""),
    ]  # fmt: skip


def _unchanged(root: Path, runs: int) -> list[Row]:
    policygen(root, "build")
    ours = median(runs, lambda: policygen(root, "build"))
    start = median(runs, lambda: policygen(root, "--version"))
    return [_row("nothing changed: build", ours.seconds, start.seconds, "0.5 s")]


def _one_sentence(root: Path, runs: int) -> list[Row]:
    from policygen.pipeline.serving import Workshop

    workshop = Workshop(
        root, preview=True, version="bench", now=lambda: datetime.now(UTC).replace(microsecond=0)
    )
    policygen(root, "build", "--preview")
    cold, warm = [], []
    for number in range(runs):
        one_sentence(root, number)
        cold.append(policygen(root, "build", "site", "--preview").seconds)
    assert not workshop.build()
    for number in range(runs):
        one_sentence(root, runs + number)
        warm.append(seconds(lambda: workshop.build(quick=True)))
    floor = floors.mkdocs(root)
    return [
        _row("one sentence changed: serve, page and PDF", sorted(warm)[runs // 2], floor, "1 s"),
        _row("one sentence changed: build, page and PDF", sorted(cold)[runs // 2], floor, ""),
    ]


def _tenfold(place: Path, draft: Path, documents: int) -> list[Row]:
    large = _workspace(place / "large", documents * 10)
    shutil.rmtree(draft / "build")
    one = policygen(draft, "build", "--preview")
    ten = policygen(large, "build", "--preview")
    return [
        _row(f"{documents * 10} documents: build --preview", ten.seconds, one.seconds, "10"),
        ("  peak memory of one process", f"{ten.peak_mb:.0f} MB", f"{one.peak_mb:.0f} MB", "", ""),
    ]


def _consents(root: Path, runs: int) -> list[Row]:
    from policygen.pipeline.situation import situation

    count = 1000
    now = datetime.now(UTC).replace(microsecond=0)
    copy = root.with_name("consents")
    shutil.copytree(root, copy, ignore=shutil.ignore_patterns("build", "sealed"))
    found = situation(copy, now=now)
    time.sleep(1)
    taken = consents.judging(copy, found, count, now, runs)
    return [_row(f"verify {count} consents", taken, floors.signatures(count), "2 s")]


def _row(work: str, ours: float, floor: float, goal: str) -> Row:
    return (work, f"{ours:.2f} s", f"{floor:.2f} s", f"{ours / floor:.2f}", goal)


def _print(rows: list[Row]) -> None:
    widths = [max(len(row[column]) for row in (HEAD, *rows) if row[1]) for column in range(5)]
    for row in (HEAD, *rows):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        print("  ".join(cells).rstrip())


if __name__ == "__main__":
    main()
