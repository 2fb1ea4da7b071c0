from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from policygen.model.catalogue import Crosswalk
from policygen.pipeline.publication.site_reference import parameter_rows, role_rows
from policygen.publish.site.sources import site_pages
from tests.publish.site.sample_reference import NAME_CANARY, UNUSED_CANARY

if TYPE_CHECKING:
    from policygen.pipeline.sources.survey import Survey
    from policygen.publish.site.content import SiteContent
    from tests.publish.site.conftest import Sample, Workspace


def words(workspace: Workspace, page: str) -> str:
    source = (workspace.site / page).read_text(encoding="utf-8")
    article = source.partition("<article")[2].partition("</article>")[0]
    shown = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", article)).split())
    return shown.replace("\N{EN DASH}", "none")


def parameters_of(content: SiteContent) -> str:
    page = next(page for page in site_pages(content) if page.name == "parameters.md")
    return page.body.replace("\\", "")


def with_other_working_text(content: SiteContent, *documents: str) -> SiteContent:
    entries = tuple(
        replace(entry, working_sha256="0" * 64) if entry.id in documents else entry
        for entry in content.register.entries
    )
    return replace(content, register=replace(content.register, entries=entries))


def test_a_parameter_states_value_default_bound_reason_and_users(built: Workspace) -> None:
    page = words(built, "parameters.html")
    assert (
        "access_removal_hours 24 hours default: 48 hours at most 24 hours (PCI DSS 8.2.5)"
        " A customer asked for a day Access Control Policy , Access Review Procedure"
    ) in page
    assert "uptime_percent 99.9 percent none master agreement, clause 7" in page


def test_parameters_stand_under_where_they_come_from(built: Workspace) -> None:
    page = words(built, "parameters.html")
    places = [
        page.index(heading)
        for heading in (
            "Promised to customers", "Set by the organization", "As the library suggests",
        )
    ]  # fmt: skip
    assert places == sorted(places)


def test_a_parameter_that_no_shown_text_uses_is_in_no_file(built: Workspace) -> None:
    for name, text in built.texts().items():
        assert UNUSED_CANARY not in text, name


def test_a_value_newer_than_every_text_that_uses_it_is_not_told(sample: Sample) -> None:
    content = with_other_working_text(sample.content, "access-control-policy")
    page = parameters_of(content)
    assert "once each calendar quarter" not in page
    assert "A new text waits for approval" in page
    content = with_other_working_text(content, "access-review-procedure")
    assert "24 hours" not in parameters_of(content)
    assert "A customer asked" not in parameters_of(content)


def test_a_value_tells_which_text_is_older(sample: Sample) -> None:
    page = parameters_of(with_other_working_text(sample.content, "access-control-policy"))
    assert "24 hours" in page
    assert "[Access Control Policy](policies/access-control-policy.md) (older text)" in page
    assert "[Access Review Procedure](procedures/access-review-procedure.md) |" in page


def test_a_preview_shows_values_of_working_texts(sample: Sample) -> None:
    assert UNUSED_CANARY in parameters_of(sample.preview)
    assert "restricted_only" not in parameters_of(sample.preview)


def test_a_role_lists_what_it_owns_approves_and_does(built: Workspace) -> None:
    page = words(built, "roles.html")
    assert "Security officer Robin Castellan" in page
    assert "Engineering lead Dana Whitfield none" in page
    assert "System owner the owner named in the systems register none none 3" in page
    assert "Incident Contacts Register (restricted: ask the owner)" in page


def test_a_name_stands_only_where_a_role_approves(built: Workspace) -> None:
    assert "IT lead none none none" in words(built, "roles.html")
    for name, text in built.texts().items():
        assert NAME_CANARY not in text, name


def test_a_role_that_answers_for_nothing_is_not_listed(built: Workspace) -> None:
    assert "Finance lead" not in words(built, "roles.html")


def test_values_of_the_example_read_as_words(library_survey: Survey) -> None:
    found = library_survey
    rows = {row.name: row for row in parameter_rows(found)}
    assert [name for name, row in rows.items() if not row.value or "_" in row.value] == []
    assert rows["alert_triage_minutes"].value.startswith("critical: 60 minutes; high: 4 hours")
    assert rows["temperature_range_c"].value == "18 to 27 degrees Celsius"
    assert rows["review_reminder_days"].value == "60, 30 and 7 days"
    backups = rows["backup_frequency"]
    assert (backups.value, backups.default) == ("every hour", "every day")
    assert backups.rationale
    assert rows["uptime_target_percent"].source
    assert [row.id for row in role_rows(found) if not (row.holder or row.remark)] == [
        "outside_adviser"
    ]


def crosswalk_of(content: SiteContent) -> str:
    page = next(page for page in site_pages(content) if page.name == "crosswalk.md")
    return page.body.replace("\\", "")


def test_the_crosswalk_names_ids_says_whose_they_are_and_claims_nothing(sample: Sample) -> None:
    criterion = sample.content.matrix.criteria[0].criterion.id
    walk = Crosswalk(
        id="house_rules",
        title="House *Rules* 3",
        source="licensed, agreement 12",
        relationship="subset",
        ids={criterion: ("HR-4", "HR-5")},
        own=True,
    )
    body = crosswalk_of(replace(sample.content, crosswalks=(walk,)))
    assert "claims no equivalence" in body
    assert f"[{criterion}](criteria.md#{criterion.lower().replace('.', '-')}" in body
    assert '| <span class="pg-id">HR-4</span>, <span class="pg-id">HR-5</span> |' in body
    assert "| House *Rules* 3 | subset | licensed, agreement 12 | this organization |" in body


def test_without_a_mapping_the_crosswalk_says_so(sample: Sample) -> None:
    assert "No mapping is known." in crosswalk_of(sample.content)


def test_a_parameter_tells_what_it_decides_and_how_many_reviews_it_paces(sample: Sample) -> None:
    row = next(
        line for line in parameters_of(sample.content).split("\n") if "review_months" in line
    )
    assert "[Access Review Procedure](procedures/access-review-procedure.md) (decides what" in row
    assert row.endswith(", the review interval of 1 document |")
