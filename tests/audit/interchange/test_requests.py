"""The request list: where the package answers, and what only the organization has."""

from __future__ import annotations

from policygen.audit.interchange.requests import request_list, requests

PATHS = (
    "index/document-register.xlsx", "index/document-register.csv", "policies/a-1.0.pdf",
    "policies/b-1.0.pdf", "policies/c-1.0.pdf", "policies/d-1.0.pdf", "procedures/e-1.0.pdf",
    "policy-manual.pdf", "system/vendors.csv", "MANIFEST.sha256", "METHOD.md",
)  # fmt: skip


def rows(*, is_period: bool) -> dict[str, tuple[str, str, str, str]]:
    table = request_list(PATHS, is_period=is_period)
    return {str(row[1]): (str(row[2]), str(row[3]), str(row[4]), str(row[5])) for row in table.rows}


def row_about(words: str, *, is_period: bool = False) -> tuple[str, str, str, str]:
    [found] = [row for asks, row in rows(is_period=is_period).items() if words in asks]
    return found


def test_files_that_answer_are_named_and_many_are_counted() -> None:
    counts, standing, here, supply = row_about("Each policy and procedure, approved")
    assert (counts, standing, supply) == ("the version in force", "answered here", "")
    assert here == "policies/ (4 files)\nprocedures/e-1.0.pdf\npolicy-manual.pdf"


def test_what_only_the_organization_has_is_left_to_it() -> None:
    assert row_about("Minutes in which") == ("one meeting", "to be supplied", "", "the minutes")
    standing, here = row_about("Vendors, reviews")[1:3]
    assert (standing, here) == ("in part here", "system/vendors.csv")


def test_what_the_package_should_answer_and_does_not_is_said() -> None:
    _, standing, here, supply = row_about("Evidence of approval")
    assert (standing, here) == ("to be supplied", "")
    assert supply == "nothing of this package stands under approvals/, evidence/approvals/"


def test_a_period_asks_for_more_than_a_day() -> None:
    assert row_about("What changed since")[1] == "not asked for"
    counts, standing, _, _ = row_about("What changed since", is_period=True)
    assert (counts, standing) == ("each change with its redline", "to be supplied")


def test_every_request_has_an_answer_or_somebody_who_supplies_it() -> None:
    for request in requests():
        assert request.paths or request.supply, request.asks
