from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from policygen.model.publication import Brand
from policygen.problems import PolicygenError
from policygen.publish.site.sources import write_site_sources

if TYPE_CHECKING:
    from pathlib import Path

    from tests.publish.site.conftest import Sample, Workspace


def state_of(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_page_for_each_shown_document_and_each_list(sample: Sample, workspace: Workspace) -> None:
    assert workspace.write(sample.content) == (
        "calendar.md",
        "controls.md",
        "criteria.md",
        "crosswalk.md",
        "handbook.md",
        "index.md",
        "parameters.md",
        "policies.md",
        "policies/access-control-policy.md",
        "procedures.md",
        "procedures/access-review-procedure.md",
        "procedures/incident-handling-procedure.md",
        "procedures/user-access-provisioning-procedure.md",
        "registers.md",
        "registers/systems-register.md",
        "registers/vendors-register.md",
        "roles.md",
        "statements.md",
        "verify.md",
    )


def test_writing_the_same_content_again_touches_no_file(
    sample: Sample, workspace: Workspace
) -> None:
    workspace.write(sample.content)
    before = state_of(workspace.docs)
    workspace.write(sample.content)
    assert state_of(workspace.docs) == before


def test_one_changed_document_rewrites_only_pages_that_state_it(
    sample: Sample, workspace: Workspace
) -> None:
    workspace.write(sample.content)
    before = state_of(workspace.docs)
    workspace.write(sample.worded("vendors-register", "## Vendors\n\nNone any more.\n"))
    after = state_of(workspace.docs)
    assert {name for name in after if after[name] != before[name]} == {
        "registers/vendors-register.md"
    }


def test_documents_that_the_text_names_as_related_are_listed_once(
    sample: Sample, workspace: Workspace
) -> None:
    policy = workspace.docs / "policies" / "access-control-policy.md"
    link = "(../procedures/access-review-procedure.md)"
    own = f"## Purpose\n\nA reason.\n\n## Related documents\n\n- [Reviews]{link}: how\n"
    for content in (sample.content, sample.worded("access-control-policy", own)):
        workspace.write(content)
        page = policy.read_text(encoding="utf-8")
        assert page.count("\n## Related documents\n") == 1
        assert link in page or 'access-review-procedure.md"' in page


def test_a_document_that_is_shown_no_more_leaves_no_file(
    sample: Sample, workspace: Workspace
) -> None:
    workspace.write(sample.preview)
    assert (workspace.docs / "policies/customer-access-policy.md").is_file()
    workspace.write(sample.content)
    assert not (workspace.docs / "policies/customer-access-policy.md").exists()


def test_a_link_left_in_the_folder_is_removed_and_its_target_stays(
    sample: Sample, workspace: Workspace, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("kept")
    workspace.write(sample.content)
    (workspace.docs / "stray.md").symlink_to(outside)
    workspace.write(sample.content)
    assert not (workspace.docs / "stray.md").exists()
    assert outside.read_text() == "kept"


def test_a_page_that_became_a_link_is_written_as_a_file(
    sample: Sample, workspace: Workspace, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("kept")
    workspace.write(sample.content)
    page = workspace.docs / "verify.md"
    page.unlink()
    page.symlink_to(outside)
    workspace.write(sample.content)
    assert not page.is_symlink()
    assert outside.read_text() == "kept"


@pytest.mark.parametrize("name", ["../outside.pdf", "/etc/passwd", "pdf/../../x.pdf", "a b.pdf"])
def test_a_file_name_that_leaves_the_site_is_refused(
    sample: Sample, workspace: Workspace, name: str
) -> None:
    content = replace(sample.content, pdfs={"access-control-policy": name})
    with pytest.raises(PolicygenError) as caught:
        write_site_sources(content, workspace.docs)
    assert [problem.code for problem in caught.value.problems] == ["site-file-name"]
    assert not workspace.docs.exists()


def test_a_colour_that_is_none_is_refused(sample: Sample, workspace: Workspace) -> None:
    content = replace(sample.content, brand=Brand(accent="red}*{display:none"))
    with pytest.raises(PolicygenError) as caught:
        workspace.write(content)
    [problem] = caught.value.problems
    assert (problem.code, str(problem.location)) == ("site-brand-color", "organization.yml")


@pytest.mark.parametrize("accent", ["#ffff00", "#ffffff", "#000000", "#1f4e79"])
def test_text_in_any_brand_colour_can_be_read_by_day_and_by_night(
    sample: Sample, workspace: Workspace, accent: str
) -> None:
    workspace.write(replace(sample.content, brand=Brand(accent=accent)))
    styles = (workspace.docs / "assets/brand.css").read_text()
    day, night = (line.split(": ")[1].rstrip(";") for line in styles.split("\n")[1:3])
    assert contrast(day, "#ffffff") >= 4.5
    assert contrast(night, "#1e2129") >= 4.5


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
        linear = [
            part / 12.92 if part <= 0.04 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_a_workspace_where_nothing_is_in_force_still_has_all_lists(
    sample: Sample, workspace: Workspace
) -> None:
    content = replace(sample.content, editions={}, pdfs={})
    site = workspace.build(content)
    assert "No document is in force yet" in (site / "index.html").read_text()
    assert len(list(site.rglob("*.html"))) == 14
