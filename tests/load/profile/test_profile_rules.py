"""Rules between fields of the profile: one broken rule in, one problem at its place out."""

from __future__ import annotations

import pytest

from tests.load.profile_cases import MINIMAL, marked, told


@pytest.mark.parametrize(
    ("added", "codes"),
    [
        pytest.param(
            "waivers:\n"
            "- §{id: w, reason: r, approved_by: ada, beneficiary: ben, from: 2026-01-01, "
            "expires: 2026-02-01}",
            ["profile-waiver"],
            id="of nothing",
        ),
        pytest.param(
            "waivers:\n"
            "- {id: w, code: c, reason: r, approved_by: §ada, beneficiary: ada, "
            "from: 2026-01-01, expires: 2026-02-01}",
            ["profile-waiver"],
            id="for oneself",
        ),
        pytest.param(
            "waivers:\n"
            "- {id: w, code: c, reason: r, approved_by: ada, beneficiary: ben, "
            "from: 2026-03-01, "
            "expires: §2026-02-01}",
            ["profile-waiver"],
            id="ends before it begins",
        ),
        pytest.param(
            "audit: {report_type: §type1}", ["profile-audit-dates"], id="type 1 without a day"
        ),
        pytest.param(
            "audit: {report_type: §type2}", ["profile-audit-dates"], id="type 2 without a period"
        ),
        pytest.param(
            "audit: {report_type: type2, period: {start: 2026-05-01, end: §2026-04-01}}",
            ["profile-audit-dates"],
            id="period runs backwards",
        ),
        pytest.param(
            "audit: {report_type: type2, period: §{start: 2026-05-01, end: 2026-05-31}}",
            ["profile-audit-period"],
            id="short period",
        ),
        pytest.param(
            "audit: {report_type: type2, prior_period_end: §2025-12-31, "
            "period: {start: 2026-02-01, end: 2026-12-31}}",
            ["profile-audit-gap"],
            id="gap between periods",
        ),
        pytest.param(
            "data: {card_data: {stored: §true}}", ["profile-card-data"], id="cards without PCI DSS"
        ),
        pytest.param(
            "data: {health_data: {phi: §true}}",
            ["profile-health-data"],
            id="health data without HIPAA",
        ),
        pytest.param(
            "data: {personal_data: {processed: §true}}",
            ["profile-personal-data"],
            id="personal data in no role",
        ),
        pytest.param(
            "regulatory: {gdpr: §true}",
            ["profile-privacy-officer"],
            id="GDPR without a privacy officer",
        ),
        pytest.param(
            "audit: {privacy_for_others: §{reason: r, auditor_agreed_by: Q, "
            "auditor_agreed_on: 2026-01-01}}",
            ["profile-privacy-answer"],
            id="reason for privacy that is not examined",
        ),
        pytest.param(
            "systems:\n- {id: s, kind: idp, name: S, owner_role: it_lead, vendor_ref: §v}",
            ["profile-unknown-id"],
            id="system of an unknown vendor",
        ),
        pytest.param(
            "systems:\n- {id: s, kind: idp, name: S, owner_role: it_lead, data_classes: [§x]}",
            ["profile-unknown-id"],
            id="system with an unknown class",
        ),
        pytest.param(
            "systems:\n- {id: §ada, kind: idp, name: S, owner_role: it_lead}",
            ["profile-duplicate-id"],
            id="system named like a person",
        ),
        pytest.param(
            "systems:\n- {id: s, kind: §sso, name: S, owner_role: it_lead}",
            ["profile-value"],
            id="kind of system that does not exist",
        ),
        pytest.param(
            "locations:\n- {id: l, kind: office, address_ref: §Moon}",
            ["profile-unknown-id"],
            id="location at an unknown address",
        ),
        pytest.param(
            "workforce: {remote_work: full}\nlocations:\n- {id: l, kind: §office}",
            ["profile-remote-premises"],
            id="office of a remote company",
        ),
        pytest.param(
            "access_roles:\n- {id: a, conflicts_with: [§b]}",
            ["profile-unknown-id"],
            id="conflict with nothing",
        ),
        pytest.param(
            "documents: {exclude: [{id: §x, reason: r, approved_by: ada}], include: [x]}",
            ["profile-documents"],
            id="document in and out",
        ),
        pytest.param(
            "vendors:\n"
            "- {id: v, name: V, tier: low, service: s, owner_role: r, "
            "personal_data: §true}\n"
            "regulatory: {gdpr: §true}\n",
            ["profile-vendor-agreement", "profile-privacy-officer"],
            id="vendor without an agreement",
        ),
        pytest.param(
            "vendors:\n- {id: v, name: V, tier: low, service: s, owner_role: r, subservice: §true}",
            ["profile-subservice-vendor"],
            id="subservice vendor that is not described",
        ),
        pytest.param("brand: {accent: §red}", ["profile-value"], id="colour"),
        pytest.param("brand: {logo: §../x.svg}", ["profile-value"], id="path upwards"),
        pytest.param("brand: {logo: §/etc/passwd}", ["profile-value"], id="absolute path"),
        pytest.param("brand: {logo: §'C:\\x.svg'}", ["profile-value"], id="Windows path"),
        pytest.param("brand: {logo: §assets/con.svg}", ["profile-value"], id="device"),
        pytest.param("publication: {site_url: §'http://a.example'}", ["profile-value"], id="http"),
        pytest.param(
            "publication: {site_url: §'https://a:b@c.example'}",
            ["profile-value"],
            id="password in an address",
        ),
        pytest.param(
            "publication: {site_url: §'javascript:alert(1)'}",
            ["profile-value"],
            id="script as address",
        ),
        pytest.param("contacts: {security_email: §a@b}", ["profile-value"], id="mail"),
        pytest.param("workforce: {countries: [US, §UK]}", ["profile-value"], id="country"),
        pytest.param(
            "insurance: {limit: {amount: 1, currency: §usd}}", ["profile-value"], id="currency"
        ),
        pytest.param(
            "review_calendar: {blackout: [{from: §13-01, to: 01-02}]}",
            ["profile-value"],
            id="thirteenth month",
        ),
    ],
)
def test_a_broken_rule_is_named_with_its_place(added: str, codes: list[str]) -> None:
    text, places = marked(MINIMAL + added + "\n")
    assert told(text) == list(zip(codes, places, strict=True))


BOARD = MINIMAL.replace("kind: owner", "kind: board")


def test_the_ceo_cannot_chair_the_board() -> None:
    text = BOARD.replace("tsc:", "  board: {person: ada, from: 2020-01-01}\ntsc:")
    assert told(text) == [("profile-oversight", "14:19")]


def test_where_there_is_no_board_nobody_chairs_it() -> None:
    text = MINIMAL.replace("tsc:", "  board: {person: ben, from: 2020-01-01}\ntsc:")
    assert told(text) == [("profile-governing-body", "14:10")]


@pytest.mark.parametrize(
    ("holding", "codes"),
    [
        pytest.param("{acting: §ben}", ["profile-role-window"], id="acting for nobody"),
        pytest.param("{acting: ben, vacant_since: 2026-01-01}", [], id="dated vacancy"),
        pytest.param("{vacant_since: 2026-01-01}", [], id="vacancy that falls back"),
        pytest.param(
            "{person: ben, from: 2021-01-01, vacant_since: §2026-01-01}",
            ["profile-role-window"],
            id="held and vacant",
        ),
        pytest.param(
            "{person: ben, from: 2021-01-01, delegations: [{to: ada, from: 2026-02-01, "
            "until: §2026-01-01, signed_by: ben}]}",
            ["profile-delegation"],
            id="delegation ends before it begins",
        ),
        pytest.param(
            "{person: ben, from: 2021-01-01, delegations: [{to: §ben, from: 2026-02-01, "
            "until: 2026-03-01, signed_by: ada}]}",
            ["profile-delegation"],
            id="delegation to oneself",
        ),
        pytest.param(
            "{person: ada, from: 2021-01-01, delegations: [{to: ben, from: 2026-02-01, "
            "until: 2026-03-01, signed_by: §ben}]}",
            ["profile-delegation"],
            id="delegation taken, not given",
        ),
    ],
)
def test_a_role_is_held_vacant_or_delegated_in_order(holding: str, codes: list[str]) -> None:
    text, places = marked(MINIMAL.replace("tsc:", f"  it_lead: {holding}\ntsc:"))
    assert told(text) == list(zip(codes, places, strict=True))


def test_nobody_acts_for_another_after_they_leave() -> None:
    delegation = "{to: ben, from: 2026-02-01, until: §2026-03-01, signed_by: ada}"
    holding = f"{{person: ada, from: 2021-01-01, delegations: [{delegation}]}}"
    text, places = marked(MINIMAL.replace("tsc:", f"  it_lead: {holding}\ntsc:"))
    leaves = text.replace("Ben Osei,", "Ben Osei, end_date: 2026-02-15,")
    assert told(leaves) == [("profile-leaver", places[0])]
    assert told(text.replace("Ben Osei,", "Ben Osei, end_date: 2026-03-01,")) == []


def test_a_git_mail_belongs_to_one_person() -> None:
    text = MINIMAL.replace("Ada Quist,", "Ada Quist, email: ada@acorn.example,")
    mails = "[ben@acorn.example, §ADA@acorn.example]"
    text, places = marked(text.replace("Ben Osei,", f"Ben Osei, emails: {mails},"))
    assert told(text) == [("profile-shared-mail", places[0])]


def subservice(**changes: str) -> str:
    fields = {
        "name": "Nimbus", "service": "cloud", "method": "carve_out", "reviewed_on": "2026-03-01",
        "criteria_relied_on": "[CC6.4]", "csocs": "[Doors are locked.]", **changes,
    }  # fmt: skip
    rows = "\n".join(f"      {key}: {value}" for key, value in fields.items() if value)
    return (
        MINIMAL
        + "audit: {report_type: type1, as_of_date: 2026-09-30}\n"
        + "vendors:\n"
        + "- {id: nimbus, name: Nimbus, tier: critical, service: s, owner_role: r,"
        + " subservice: true}\n"
        + "system_description:\n  subservice_organizations:\n    -\n"
        + rows
        + "\n"
    )


def test_a_carved_out_provider_with_a_report_read_in_time_is_fine() -> None:
    assert told(subservice()) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"name": "Cumulus"}, "profile-subservice-vendor", id="not a vendor"),
        pytest.param({"reviewed_on": "2025-09-29"}, "profile-subservice-review", id="long ago"),
        pytest.param({"reviewed_on": ""}, "profile-subservice-review", id="never read"),
        pytest.param({"csocs": ""}, "profile-carve-out", id="no CSOCs"),
        pytest.param({"criteria_relied_on": ""}, "profile-carve-out", id="no criteria"),
        pytest.param({"method": "inclusive"}, "profile-inclusive", id="inclusive"),
    ],
)  # fmt: skip
def test_a_provider_is_relied_on_with_evidence(changes: dict[str, str], code: str) -> None:
    assert code in {found for found, _ in told(subservice(**changes))}


def test_a_report_read_a_year_before_the_examination_to_the_day_counts() -> None:
    assert told(subservice(reviewed_on="2025-09-30")) == []


def test_an_own_data_center_is_not_left_to_a_provider() -> None:
    text = subservice() + "practices: {operates_data_center: true}\n"
    assert [code for code, _ in told(text)] == ["profile-own-data-center"]


NOT_APPLICABLE = (
    "system_description: {criteria_not_applicable: [{criterion: %s, rationale: r%s}]}\n"
)
AGREED = ", auditor_agreed_by: Quade, auditor_agreed_on: 2026-01-01"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        pytest.param(NOT_APPLICABLE % ("CC6.5", ""), ["profile-not-applicable"], id="not agreed"),
        pytest.param(NOT_APPLICABLE % ("CC6.5", AGREED), [], id="agreed"),
        pytest.param(NOT_APPLICABLE % ("A1.1", ""), [], id="not a common criterion"),
        pytest.param(NOT_APPLICABLE % ("CC6.4", AGREED) + "workforce: {remote_work: full}\n",
                     ["profile-not-applicable"], id="remote work does not end physical access"),
        pytest.param(NOT_APPLICABLE % ("A1.2", "") + "hosting: {models: [cloud]}\n",
                     ["profile-not-applicable"], id="a cloud has power and cooling"),
        pytest.param(NOT_APPLICABLE % ("CC9.9", AGREED), ["profile-value"], id="no such criterion"),
    ],
)  # fmt: skip
def test_a_criterion_is_set_aside_only_with_reason(text: str, codes: list[str]) -> None:
    assert [code for code, _ in told(MINIMAL + text)] == codes


PRIVACY = (
    MINIMAL.replace("availability", "privacy").replace(
        "tsc:", "  privacy_officer: {person: ben, from: 2020-01-01}\ntsc:"
    )
    + "data: {personal_data: {processed: true, role: %s}}\n"
)
FOR_OTHERS = "audit: {privacy_for_others: {reason: r%s}}\n"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        pytest.param(PRIVACY % "controller", [], id="who decides on purposes"),
        pytest.param(PRIVACY % "processor", ["profile-privacy-processor"], id="not asked yet"),
        pytest.param(PRIVACY % "processor" + FOR_OTHERS % AGREED, [], id="agreed"),
        pytest.param(PRIVACY % "both" + FOR_OTHERS % AGREED, ["profile-privacy-answer"],
                     id="an answer to a question that is not asked"),
        pytest.param(PRIVACY % "processor" + FOR_OTHERS % "",
                     ["profile-missing", "profile-missing"], id="agreed by nobody"),
    ],
)  # fmt: skip
def test_a_processor_has_privacy_examined_only_with_its_auditor(
    text: str, codes: list[str]
) -> None:
    assert [code for code, _ in told(text)] == codes
