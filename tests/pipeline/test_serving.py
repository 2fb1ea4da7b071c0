"""Serving: what is written is shown, and broken sources are shown with what is wrong."""

from __future__ import annotations

import os
import threading
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from policygen.pipeline.publication.serving import Workshop
from tests.moments import NOW
from tests.pipeline.doors import POLICY, edit, open_doors

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def doors(tmp_path: Path) -> Path:
    return open_doors(tmp_path / "doors")


@pytest.fixture
def workshop(doors: Path) -> Iterator[Workshop]:
    with closing(Workshop(doors, preview=True, version="1", now=lambda: NOW)) as found:
        yield found


def test_an_edit_a_mistake_and_its_mending_reach_the_page(doors: Path, workshop: Workshop) -> None:
    page = doors / "build" / "site" / "policies" / "door-policy.html"
    assert workshop.build() == ()
    assert "are closed" in page.read_text(encoding="utf-8")

    edit(doors / POLICY, "are closed", "are shut")
    assert workshop.build() == ()
    assert "are shut" in page.read_text(encoding="utf-8")

    edit(doors / POLICY, "org.short_name", "org.short_nam")
    [problem] = [found for found in workshop.build() if found.code == "render-unknown-name"]
    assert str(problem.location).startswith(f"{POLICY}:19:")
    assert problem.hint is not None
    assert "are shut" in page.read_text(encoding="utf-8")

    edit(doors / POLICY, "org.short_nam", "org.short_name")
    edit(doors / POLICY, "are shut", "are bolted")
    assert workshop.build() == ()
    assert "are bolted" in page.read_text(encoding="utf-8")


def test_a_quick_look_shows_what_the_whole_build_will(doors: Path, workshop: Workshop) -> None:
    assert workshop.build() == ()
    site = doors / "build" / "site"
    page, index = site / "policies" / "door-policy.html", site / "search" / "search_index.json"
    searched = index.read_bytes()
    edit(doors / POLICY, "are closed", "are shut")
    assert workshop.build(quick=True) == ()
    quick = page.read_text(encoding="utf-8")
    assert "are shut" in quick
    assert index.read_bytes() == searched
    assert workshop.build() == ()
    assert page.read_text(encoding="utf-8") == quick
    assert b"are shut" in index.read_bytes()


def test_a_quick_look_after_another_page_came_builds_the_whole_site(
    doors: Path, workshop: Workshop
) -> None:
    assert workshop.build() == ()
    text = (doors / POLICY).read_text(encoding="utf-8")
    more = text.replace("door-policy", "gate-policy").replace("DO-01", "GA-01")
    (doors / "policies" / "gate-policy.md").write_text(more, encoding="utf-8")
    assert workshop.build(quick=True) == ()
    index = doors / "build" / "site" / "search" / "search_index.json"
    assert "gate-policy" in index.read_text(encoding="utf-8")


def test_a_profile_that_cannot_be_read_is_survived(doors: Path, workshop: Workshop) -> None:
    profile = doors / "organization.yml"
    whole = profile.read_bytes()
    profile.write_text("organization: [\n")
    assert workshop.build() != ()
    profile.unlink()
    assert [problem.code for problem in workshop.build()] == ["workspace-missing"]
    profile.write_bytes(whole)
    assert workshop.build() == ()


@pytest.mark.parametrize("path", [POLICY, "organization.yml", "overrides/site/main.html"])
def test_a_change_of_any_source_is_noticed(doors: Path, workshop: Workshop, path: str) -> None:
    (doors / "mkdocs.yml").write_text("INHERIT: nowhere.yml\n")
    workshop.build()
    pause = threading.Event().wait
    timer = threading.Timer(0.3, lambda: (doors / path).write_text("changed"))
    timer.start()
    assert workshop.wait_for_change(pause)
    timer.join()


def pandocs() -> set[int]:
    """Processes of ours that run pandoc."""
    found = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            name, _, rest = status.read_text().partition("(")[2].rpartition(") ")
            if name == "pandoc" and int(rest.split()[1]) == os.getpid():
                found.add(int(status.parent.name))
    return found


def test_one_pandoc_waits_between_changes_and_ends_with_the_workshop(
    doors: Path, workshop: Workshop
) -> None:
    others = pandocs()
    assert workshop.build() == ()
    seen = []
    for before, after in (("are closed", "are shut"), ("are shut", "are bolted")):
        edit(doors / POLICY, before, after)
        assert workshop.build(quick=True) == ()
        seen.append(pandocs() - others)
    assert len(seen[0]) == 1
    assert seen[0] == seen[1]
    workshop.close()
    assert pandocs() == others


def test_waiting_can_be_given_up(doors: Path, workshop: Workshop) -> None:
    (doors / "mkdocs.yml").write_text("INHERIT: nowhere.yml\n")
    workshop.build()
    assert not workshop.wait_for_change(lambda _: True)
