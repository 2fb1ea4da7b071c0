"""Measures policygen beside the floor of the same run: `make bench`.

Times depend on the machine; the ratios are what we hold ourselves to. Where others use the machine
too, the wall clock tells of them, and the columns of processor time tell of us.
"""

from __future__ import annotations

import argparse
import gc
import os
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench import consents, floors
from bench.library import make_library, one_sentence
from bench.measure import Run, call, median, policygen, several
from bench.serving import serving
from bench.table import Row, printed
from policygen.cli.main import COLLECTED_AFTER
from policygen.publish.worker import cores

CONSENTS = 1000
VERBS = ("render", "check", "seal", "build")


def main() -> None:
    """Measure everything and print the table."""
    options = _options()
    # An installed program is compiled; a shell that forbids it would have each process do it anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    begun = os.getloadavg()[0]
    # The engines, too, are measured without Python looking for lost values all the time.
    gc.set_threshold(COLLECTED_AFTER)
    with tempfile.TemporaryDirectory(prefix="policygen-bench-") as folder:
        place = Path(folder)
        root = _organization(place, options.documents)
        rows = _told(_cold(root, max(1, options.runs // 2)))
        rows += _told(_unchanged(root, options.runs))
        rows += _told(_consents(root, options.runs, tenfold=not options.small))
        rows += _told(_one_sentence(_workspace(place / "draft", options.documents), options.runs))
        if not options.small:
            rows += _told(_tenfold(place, options.documents))
    print(
        f"{options.documents} documents, medians of {options.runs} runs, {cores()} cores, "
        f"load {begun:.1f} before and {os.getloadavg()[0]:.1f} after\n"
    )
    print(printed(rows))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=69)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--small", action="store_true", help="leave out ten times the documents")
    return parser.parse_args()


def _told(rows: list[Row]) -> list[Row]:
    """The rows, told on the way: it takes minutes, and whoever stops it keeps what there is."""
    for row in rows:
        sys.stderr.write("  ".join(row.cells()).rstrip() + "\n")
    return rows


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _organization(place: Path, documents: int) -> Path:
    """An approved and sealed organization with so many documents."""
    from policygen.pipeline.demo.demonstration import demonstrate

    library, root = make_library(place / "library", documents), place / "organization"
    taken = call(
        lambda: demonstrate(
            root,
            now=_now(),
            version="bench",
            say=lambda _: None,
            advance=lambda _: None,
            library=library,
        )
    )
    print(
        f"policygen demo with {documents} documents: "
        f"{taken.seconds:.1f} s, {taken.cpu_seconds:.1f} s CPU",
        flush=True,
    )
    return root


def _workspace(root: Path, documents: int) -> Path:
    """Sources only."""
    make_library(root, documents)
    policygen(root, "render")
    return root


def _cold(root: Path, runs: int) -> list[Row]:
    from policygen.pipeline.publication import sealing
    from policygen.pipeline.situation import situation

    spent: dict[str, list[Run]] = {verb: [] for verb in VERBS}
    for _ in range(runs):
        for name in ("build", "rendered", "evidence/sealed"):
            shutil.rmtree(root / name, ignore_errors=True)
        for verb in VERBS:
            spent[verb].append(policygen(root, verb))
    verbs = {verb: median(found) for verb, found in spent.items()}
    found = situation(root, now=_now())
    rows = [
        sealing.Sealable(entry, version)
        for entry in found.register.entries
        for version in entry.versions
        if version.is_approval
    ]
    typeset, pdfs = floors.typesetting(found, rows)
    signed, pages = floors.sealing(root, pdfs), floors.mkdocs(root)
    typeset = typeset.on(cores())
    ours = verbs["render"] + verbs["check"] + verbs["seal"] + verbs["build"]
    return [
        Row(f"cold: render, check, seal {len(rows)}, build", ours, typeset + signed + pages, "1.5"),
        Row("render, check", verbs["render"] + verbs["check"], parts=True),
        Row("seal: typeset and sign", verbs["seal"], typeset + signed, parts=True),
        Row("build: site, matrix", verbs["build"], pages, parts=True),
    ]


def _unchanged(root: Path, runs: int) -> list[Row]:
    policygen(root, "build")
    ours = several(runs, lambda: policygen(root, "build"))
    start = several(runs, lambda: policygen(root, "--version"))
    return [Row("nothing changed: build", ours, start, "0.5 s")]


def _one_sentence(root: Path, runs: int) -> list[Row]:
    policygen(root, "build", "--preview")
    cold = []
    for number in range(runs):
        one_sentence(root, number)
        cold.append(policygen(root, "build", "site", "--preview"))
    warm = serving(root, runs)
    floor = floors.mkdocs(root)
    return [
        Row("one sentence changed: serve, page and PDF", warm, floor, "1 s"),
        Row("one sentence changed: build, page and PDF", median(cold), floor),
    ]


def _tenfold(place: Path, documents: int) -> list[Row]:
    one, ten = _previewed(place / "one", documents), _previewed(place / "ten", documents * 10)
    return [
        Row(f"{documents * 10} documents: render, check, preview", sum_of(ten), sum_of(one), "10"),
        *(Row(verb, ten[verb], one[verb], parts=True) for verb in ten),
    ]


def _previewed(root: Path, documents: int) -> dict[str, Run]:
    """What each verb takes in a new workspace with so many documents."""
    make_library(root, documents)
    verbs = {
        "render": ("render",),
        "check": ("check",),
        "preview of PDFs, matrix": ("build", "pdf", "matrix", "--preview"),
        "preview of the site": ("build", "site", "--preview"),
    }
    return {name: policygen(root, *arguments) for name, arguments in verbs.items()}


def sum_of(runs: dict[str, Run]) -> Run:
    """One after the other."""
    total = Run(0, 0)
    for run in runs.values():
        total += run
    return total


def _consents(root: Path, runs: int, *, tenfold: bool) -> list[Row]:
    one = _judged(root, CONSENTS, runs)
    rows = [Row(f"verify {CONSENTS} consents", one, floors.signatures(CONSENTS), "2 s")]
    if tenfold:
        rows.append(
            Row(f"verify {CONSENTS * 10} consents", _judged(root, CONSENTS * 10, 1), one, "10")
        )
    return rows


def _judged(root: Path, count: int, runs: int) -> Run:
    from policygen.pipeline.situation import situation

    copy = root.with_name(f"consents-{count}")
    shutil.copytree(root, copy, ignore=shutil.ignore_patterns("build", "sealed"))
    found = situation(copy, now=_now())
    # Times are whole seconds: the consents come after everything that is there.
    time.sleep(1)
    return consents.judging(copy, found, count, _now(), runs)


if __name__ == "__main__":
    main()
