from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.publish.site.visiting import Visitor


def tab_to(tab: Page, name: str, *, at_most: int = 12) -> None:
    """Press Tab until the part with this text has the focus."""
    for _ in range(at_most):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.textContent.trim()") == name:
            return
    raise AssertionError(f"{name} is more than {at_most} tabs away")


def test_an_employee_finds_the_rule_for_leavers_and_sends_its_link_by_keyboard(
    visitor: Visitor,
) -> None:
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab = visitor.open("index.html")
    tab.keyboard.press("/")
    tab.keyboard.type("leaver")
    found = tab.locator(".md-search-result__link[href*='access-control-policy.html']")
    found.last.wait_for(state="attached")
    for _ in range(8):
        tab.keyboard.press("ArrowDown")
        if "#leaving" in tab.evaluate("document.activeElement.href ?? ''"):
            break
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/policies/access-control-policy.html*#leaving")
    duty = tab.locator("#ac-12")
    expect(duty).to_contain_text("IT SHALL disable a leaver's access within 24 hours")
    expect(duty).to_contain_text("Evidence: time of the case and time of disabling")
    duty.get_by_role("link", name="AC-12", exact=True).focus()
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("Link copied")).to_be_visible()
    copied = tab.evaluate("navigator.clipboard.readText()")
    assert copied == f"{visitor.base}/policies/access-control-policy.html#ac-12"
    colleague = visitor.context.new_page()
    colleague.goto(copied)
    expect(colleague.locator("#ac-12")).to_be_in_viewport()


def test_an_owner_sees_at_home_what_is_due_and_opens_it_by_keyboard(visitor: Visitor) -> None:
    tab = visitor.open("index.html")
    tab.get_by_role("link", name="What needs attention", exact=True).first.focus()
    tab.keyboard.press("Enter")
    overdue = tab.locator(".pg-attention")
    expect(overdue).to_be_in_viewport()
    expect(overdue).to_contain_text("Review overdue (1)")
    expect(overdue).to_contain_text("was due 1 September 2026")
    tab_to(tab, "Access Review Procedure")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/procedures/access-review-procedure.html")
    card = tab.locator(".pg-card")
    expect(card).to_contain_text("In force, review overdue")
    expect(card).to_contain_text("Owner")


def test_an_owner_reads_in_the_calendar_what_comes_first(visitor: Visitor) -> None:
    tab = visitor.open("calendar.html")
    first = tab.locator("tbody tr").first
    expect(first).to_contain_text("1 September 2026")
    expect(first).to_contain_text("security officer")
    headings = tab.locator("main h2").all_inner_texts()
    assert [heading.rstrip("¶") for heading in headings][:2] == ["Overdue", "December 2026"]


def test_an_auditor_goes_from_a_criterion_to_the_control_the_sentence_and_its_evidence(
    visitor: Visitor,
) -> None:
    tab = visitor.open("criteria.html")
    row = tab.get_by_role("row").filter(has=tab.locator("#cc6-3"))
    row.get_by_role("link", name="ACC-05").click()
    control = tab.locator("#acc-05")
    expect(control).to_be_in_viewport()
    expect(control).to_contain_text("Leavers lose access in time")
    expect(control).to_contain_text("Evidence: time of the case and time of disabling")
    control.get_by_role("link", name="AC-12", exact=True).click()
    tab.wait_for_url("**/policies/access-control-policy.html#ac-12")
    duty = tab.locator("#ac-12")
    expect(duty).to_be_in_viewport()
    expect(duty).to_contain_text("Evidence: time of the case and time of disabling")
    duty.get_by_role("link", name="CC6.2").click()
    expect(tab.locator("#cc6-2")).to_be_in_viewport()
    tab.goto(f"{visitor.base}/statements.html#ac-12")
    line = tab.get_by_role("row").filter(has_text="AC-12")
    expect(line).to_contain_text("Evidence: time of the case and time of disabling")
