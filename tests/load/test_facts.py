"""Facts: parameters, roles and terms as they hold for an organization."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policygen.conditions.condition import evaluate, parse_condition
from policygen.load.facts import condition_context, resolve_facts
from policygen.load.parameters.floors import keeps, tightened
from policygen.load.parameters.values import allowed, misfits
from policygen.load.registries.registries import package_registries
from policygen.model.facts import Facts, Origin
from policygen.model.profile.root import Profile
from policygen.problems import Problem, Severity
from policygen.yaml.yamlfile import dump_yaml, parse_yaml

if TYPE_CHECKING:
    from policygen.model.catalogue import Parameter, Value

BASE = """\
schema_version: 1
organization:
  legal_name: Quillwater Software, Inc.
  short_name: Quillwater
  headcount: 42
  archetype: saas
  governing_body: {kind: board}
  time_zone: America/Denver
people:
  - {id: ada, name: Ada Marsh}
  - {id: ben, name: Ben Okoro}
roles: {ceo: {person: ada}}
"""
ROLES = BASE.splitlines()[-1]


def whole(text: str) -> str:
    """A profile that holds a text."""
    return BASE + text + ("" if "tsc:" in text else "tsc: {}\n")


def resolved(text: str) -> tuple[Facts, list[Problem]]:
    file = parse_yaml(whole(text), "organization.yml")
    profile = Profile.model_validate(file.value)
    facts, problems = resolve_facts(profile, file, package_registries())
    return facts, list(problems)


def marked(text: str, problem: Problem) -> str:
    """The word of the file that a problem points at."""
    location = problem.location
    assert location is not None
    assert location.line is not None
    assert location.column is not None
    line = whole(text).splitlines()[location.line - 1]
    return re.split(r"[,}:]|(?<!\[)\]", line[location.column - 1 :])[0].strip()


def promise(name: str, value: str, clause: str = '"4.2"') -> str:
    return (
        "services:\n  - id: app\n    name: App\n    description: An application.\n"
        "    commitments:\n"
        f"      - {{id: c1, text: A promise., source: MSA, clause: {clause}, "
        f"parameter: {name}, value: {value}}}\n"
    )


def test_parameter_without_override_has_the_default_of_the_registry() -> None:
    facts, problems = resolved("")
    assert problems == []
    value = facts.parameters["password_min_length"]
    assert (value.value, value.origin, value.location) == (12, Origin.DEFAULT, None)
    assert len(facts.parameters) == 174


def test_override_is_taken_with_its_place() -> None:
    facts, problems = resolved("parameters: {password_min_length: 14}\n")
    assert problems == []
    value = facts.parameters["password_min_length"]
    assert (value.value, value.origin) == (14, Origin.ORGANIZATION)
    assert value.location is not None


def test_promise_without_commitment_stays_unanswered() -> None:
    facts, _ = resolved("")
    value = facts.parameters["rto_hours"]
    assert (value.value, value.origin) == (None, Origin.UNANSWERED)
    assert not evaluate(parse_condition('answered("rto_hours")'), condition_context(facts))


def test_commitment_answers_a_promise_with_its_source() -> None:
    facts, problems = resolved(promise("customer_incident_notice_hours", "72"))
    assert problems == []
    value = facts.parameters["customer_incident_notice_hours"]
    assert (value.value, value.origin, value.source) == (72, Origin.COMMITMENT, "MSA clause 4.2")
    context = condition_context(facts)
    assert evaluate(parse_condition('answered("customer_incident_notice_hours")'), context)


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        pytest.param("customer_incident_notice_hours", (72, 60), 60, id="sooner notice binds"),
        pytest.param("maintenance_notice_hours", (48, 72), 72, id="longer notice binds"),
        pytest.param("uptime_target_percent", (99.5, 99.9), 99.9, id="more uptime binds"),
        pytest.param("customer_data_deletion_days", (90, 30), 30, id="sooner deletion binds"),
    ],
)
def test_of_several_promises_the_one_that_binds_most_holds(
    name: str, values: tuple[float, float], expected: float
) -> None:
    first, second = values
    other = (
        f"      - {{id: c2, text: Another., source: SLA, clause: annex A, "
        f"parameter: {name}, value: {second}}}\n"
    )
    facts, problems = resolved(promise(name, str(first)) + other)
    assert problems == []
    assert facts.parameters[name].value == expected


def test_on_call_coverage_is_asked_and_no_promise() -> None:
    facts, problems = resolved("parameters: {on_call_coverage: 24x7}\n")
    assert problems == []
    assert facts.parameters["on_call_coverage"].origin is Origin.ORGANIZATION


def test_floor_in_force_tightens_a_default() -> None:
    facts, problems = resolved("regulatory: {pci_dss: true}\n")
    assert problems == []
    value = facts.parameters["training_due_days_new_hire"]
    assert (value.value, value.origin) == (7, Origin.FLOOR)
    assert value.floor is not None
    assert value.floor.source == "PCI DSS 12.6.3, on hire"


def test_default_that_keeps_its_floor_stays_a_default() -> None:
    facts, _ = resolved("regulatory: {pci_dss: true}\n")
    value = facts.parameters["password_min_length"]
    assert (value.value, value.origin) == (12, Origin.DEFAULT)
    assert value.floor is not None


def test_override_stricter_than_its_floor_is_taken() -> None:
    facts, problems = resolved(
        "regulatory: {pci_dss: true}\nparameters: {password_min_length: 15}\n"
    )
    assert problems == []
    assert facts.parameters["password_min_length"].value == 15


def test_override_looser_than_its_floor_names_source_and_both_places() -> None:
    text = "regulatory: {pci_dss: true}\nparameters: {password_min_length: 8}\n"
    facts, [problem] = resolved(text)
    assert problem.code == "parameter-below-floor"
    assert marked(text, problem) == "8"
    flag = parse_yaml(whole(text), "organization.yml").location(["regulatory", "pci_dss"])
    assert str(flag) in problem.message
    assert "PCI DSS 8.3.6" in problem.message
    assert facts.parameters["password_min_length"].value == 12


BELOW_FLOOR = [
    ("pci_dss", "lockout_attempts: idp_managed"),
    ("pci_dss", "lockout_minutes: 20"),
    ("pci_dss", "session_idle_minutes: 30"),
    ("pci_dss", "waf_required: false"),
    ("pci_dss", "access_review_frequency: annual"),
    ("pci_dss", "log_review_frequency: weekly"),
    ("pci_dss", "log_retention_days: 300"),
    ("hipaa", "document_retention_years: 5"),
    ("hipaa", "disclosure_log_retention_years: 5"),
    ("gdpr", "dsr_response_days: 30"),
    ("uk_gdpr", "dsr_response_days: 30"),
]


@pytest.mark.parametrize(("law", "line"), BELOW_FLOOR)
def test_law_refuses_a_looser_value(law: str, line: str) -> None:
    _, problems = resolved(f"regulatory: {{{law}: true}}\nparameters: {{{line}}}\n")
    assert [problem.code for problem in problems] == ["parameter-below-floor"]


@pytest.mark.parametrize(("law", "line"), BELOW_FLOOR)
def test_without_the_law_the_same_value_is_free(law: str, line: str) -> None:
    _, problems = resolved(f"regulatory: {{{law}: false}}\nparameters: {{{line}}}\n")
    assert "parameter-below-floor" not in [problem.code for problem in problems]


@pytest.mark.parametrize(
    ("line", "at", "words"),
    [
        ("password_min_length: 7", "7", "a whole number from 8 to 128, not 7"),
        ("password_min_length: 12.5", "12.5", "a whole number"),
        ("password_min_length: true", "true", "not true"),
        ("policy_review_months: yearly", "yearly", 'from 1 to 24, not "yearly"'),
        ("lockout_attempts: provider", "provider", 'or "idp_managed"'),
        ("mfa_scope: everybody", "everybody", '"all_users" or "remote_and_privileged"'),
        ("tls_min_version: 1.2", "1.2", '"1.3" or "1.2"'),
        ("edr_required: maybe", "maybe", "true or false"),
        ("review_reminder_days: 30", "30", "a list"),
        ("review_reminder_days: [30, soon]", "soon", "whole numbers from 1 to 120"),
        ("review_reminder_days: [30, 30]", "30", "twice"),
        ("review_reminder_days: []", "[]", "at least one item"),
        ("access_request_approvers: [line_managr]", "line_managr", "did you mean line_manager?"),
        ("access_request_approvers: [user]", "user", "role ids"),
        ("temperature_range_c: [27, 18]", "[27", "the lower first"),
        ("temperature_range_c: [5, 18]", "[5", "from 10 to 35"),
        ("risk_treatment_days: {critical: 0}", "0", "row critical must be a whole number"),
        ("risk_treatment_days: {urgent: 3}", "3", "not urgent"),
        ("risk_treatment_days: 3", "3", "a table"),
        ("background_check_required: {de: none}", "none", "country code"),
        ("background_check_required: {DE: some}", "some", '"required", "limited" or "none"'),
        ("breach_notification_clocks: {gdpr: 80 hours}", "80 hours", "at most 72"),
        ("breach_notification_clocks: {gdpr: 2 days}", "2 days", "a span in hours"),
        ("breach_notification_clocks: {gdpr: soon}", "soon", "a span in hours"),
        ("vendor_tiers: []", "[]", "rows from 3 to 4, not 0"),
        ("retention_schedule: [{data: x, period: 1 year}]", "{data", "lacks"),
        ("retention_schedule: [{data: x, period: y, triger: z, trigger: z}]", "z", "trigger?"),
        ("retention_schedule: [{data: x, period: y, trigger: 3}]", "3", "must be text"),
        ("retention_schedule: [7]", "7", "rows of keys"),
        ("risk_acceptance_threshold: {5x5: 10}", "{5x5", "from 1 to 9, not 10"),
        ("maker_checker_threshold: -1", "-1", "a number from 0"),
    ],
)
def test_value_that_does_not_fit_is_a_problem_at_its_place(line: str, at: str, words: str) -> None:
    text = f"parameters: {{{line}}}\n"
    _, [problem] = resolved(text)
    assert problem.code == "parameter-value"
    assert marked(text, problem) == at
    assert words in problem.message


@pytest.mark.parametrize(
    "line",
    [
        "lockout_attempts: idp_managed",
        'tls_min_version: "1.3"',
        "risk_treatment_days: {critical: 15}",
        "background_check_required: {DE: limited, US: required}",
        "breach_notification_clocks: {gdpr: 48 hours}",
        "temperature_range_c: [20, 25.5]",
        "access_request_approvers: [line_manager, system_owner]",
        "retention_schedule: [{data: x, period: y, trigger: z}]",
        "pir_required_severities: [SEV1]",
        "phishing_simulation_frequency: none",
        "maker_checker_threshold: 2500.5",
        "password_rotation_days: 0",
    ],
)
def test_value_that_fits_is_taken(line: str) -> None:
    facts, problems = resolved(f"parameters: {{{line}}}\n")
    assert problems == []
    assert facts.parameters[line.split(":")[0]].origin is Origin.ORGANIZATION


def test_table_keeps_the_rows_that_an_override_leaves_out() -> None:
    facts, _ = resolved("parameters: {risk_treatment_days: {critical: 15}}\n")
    assert facts.parameters["risk_treatment_days"].value == {
        "critical": 15,
        "high": 90,
        "medium": 180,
        "low": 365,
    }


@pytest.mark.parametrize(
    ("text", "code", "at"),
    [
        pytest.param(
            "parameters: {acces_review_frequency: monthly}\n",
            "parameter-unknown",
            "acces_review_frequency",
            id="unknown parameter",
        ),
        pytest.param(
            "parameter_rationale: {mfa_scop: because}\n",
            "parameter-unknown",
            "mfa_scop",
            id="rationale of an unknown parameter",
        ),
        pytest.param(
            "parameters: {rto_hours: 4}\n", "parameter-promise", "4", id="promise as parameter"
        ),
        pytest.param(
            promise("critical_patch_days", "7"),
            "commitment-parameter",
            "critical_patch_days",
            id="commitment for a plain parameter",
        ),
        pytest.param(
            promise("rto_houres", "7"), "commitment-parameter", "rto_houres", id="wrong promise"
        ),
        pytest.param(
            promise("uptime_target_percent", "100"), "commitment-value", "100", id="out of range"
        ),
        pytest.param("terms: {workfrce: staff}\n", "term-unknown", "workfrce", id="unknown term"),
    ],
)
def test_problem_is_told_at_its_place(text: str, code: str, at: str) -> None:
    _, [problem] = resolved(text)
    assert (problem.code, marked(text, problem)) == (code, at)
    assert problem.hint


@pytest.mark.parametrize(
    ("line", "at", "words"),
    [
        ("high_patch_days: 10", "10", "critical_patch_days is 14 by default"),
        ("critical_patch_days: 30, high_patch_days: 20, medium_patch_days: 60", "30", "at most"),
        ("medium_patch_days: 179, low_patch_days: 90", "179", "low_patch_days"),
        ("access_revocation_hours_involuntary: 24, access_revocation_hours: 8", "24", "at most"),
        ("access_revocation_non_sso_hours: 12", "12", "access_revocation_hours is 24"),
        ("log_online_days: 365, log_retention_days: 180", "365", "log_retention_days"),
        ("change_approvers_count: 3", "3", "high_risk_change_approvers"),
        ("password_min_length: 20", "20", "password_min_length_privileged"),
        ("privileged_access_review_frequency: semiannual", "semiannual", "looser"),
        ("access_review_frequency: monthly", "monthly", "privileged_access_review_frequency"),
        ("risk_treatment_days: {high: 20}", "{high", "critical 30 and high 20"),
        ("alert_triage_minutes: {low: 60}", "{low", "medium"),
        ("pir_required_severities: [SEV1, SEV9]", "[SEV1", '"SEV9"'),
    ],
)
def test_values_that_do_not_fit_together_are_a_problem(line: str, at: str, words: str) -> None:
    text = f"parameters: {{{line}}}\n"
    _, [problem] = resolved(text)
    assert problem.code == "parameter-conflict"
    assert marked(text, problem) == at
    assert words in problem.message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(
            promise("customer_incident_notice_hours", "24"),
            "vendor_breach_notice_hours is 48 by default",
            id="customers sooner than vendors",
        ),
        pytest.param(
            promise("customer_incident_notice_hours", "48"),
            "must be less than",
            id="customers as soon as vendors",
        ),
        pytest.param(
            "regulatory: {gdpr: true}\nparameters: {vendor_breach_notice_hours: 72}\n",
            "the clock of gdpr (72 hours)",
            id="vendors as late as the law",
        ),
        pytest.param(
            "tsc: {availability: true}\n" + promise("rpo_hours", "4"),
            "backup_frequency is daily",
            id="backups rarer than the recovery point",
        ),
    ],
)
def test_promises_and_laws_must_be_kept_by_other_values(text: str, words: str) -> None:
    _, problems = resolved(text)
    assert "parameter-conflict" in [problem.code for problem in problems]
    assert any(words in problem.message for problem in problems)


def test_hourly_backups_keep_a_recovery_point_of_four_hours() -> None:
    _, problems = resolved(
        "tsc: {availability: true}\n"
        + promise("rpo_hours", "4")
        + "parameters: {backup_frequency: hourly}\n"
    )
    assert problems == []


def test_review_interval_beyond_a_year_is_a_warning() -> None:
    _, [problem] = resolved("parameters: {policy_review_months: 18}\n")
    assert (problem.code, problem.severity) == ("parameter-unusual", Severity.WARNING)


def test_parameter_that_does_not_apply_is_a_warning() -> None:
    _, [problem] = resolved("parameters: {ccpa_opt_out_business_days: 10}\n")
    assert (problem.code, problem.severity) == ("parameter-not-applicable", Severity.WARNING)


def test_rows_of_a_table_appear_only_while_their_condition_holds() -> None:
    def rows(text: str) -> list[str]:
        table = resolved(text)[0].parameters["retention_schedule"].value
        assert isinstance(table, list)
        assert all("when" not in row for row in table if isinstance(row, dict))
        return [str(row["data"]) for row in table if isinstance(row, dict)]

    assert "camera records" not in rows("")
    assert "records of processing" in rows("tsc: {processing_integrity: true}\n")


def test_terms_are_replaced_by_id_or_by_our_word() -> None:
    facts, problems = resolved("terms: {workforce: staff, HR: People Operations}\n")
    assert problems == []
    assert facts.terms["workforce"] == "staff"
    assert facts.terms["people_team"] == "People Operations"
    assert facts.terms["it"] == "IT"


def role_facts(line: str) -> tuple[Facts, list[Problem]]:
    """Facts of the base profile with another line of roles."""
    file = parse_yaml(whole("").replace(ROLES, line), "organization.yml")
    profile = Profile.model_validate(file.value)
    facts, problems = resolve_facts(profile, file, package_registries())
    return facts, list(problems)


def test_role_nobody_holds_is_carried_by_the_nearest_of_its_chain() -> None:
    facts, problems = role_facts(
        "roles: {ceo: {person: ada}, operations_lead: {person: ben}, it_lead: {}}"
    )
    assert problems == []
    assert facts.roles["security_officer"].filled_by == "operations_lead"
    assert facts.roles["legal_lead"].filled_by == "ceo"
    assert facts.roles["operations_lead"].filled_by == "operations_lead"
    assert facts.roles["operations_lead"].holder == "ben"


def test_chain_is_followed_through_the_chains_of_its_links() -> None:
    facts, problems = role_facts("roles: {board: {person: ada}}")
    assert problems == []
    assert facts.roles["security_officer"].filled_by == "board"


def test_pseudo_role_stands_for_itself() -> None:
    facts, _ = resolved("")
    assert facts.roles["line_manager"].filled_by == "line_manager"


def test_title_of_the_organization_replaces_ours() -> None:
    facts, problems = role_facts(
        "roles: {ceo: {person: ada}, security_officer: {person: ben, title: CISO}}"
    )
    assert problems == []
    assert facts.roles["security_officer"].title == "CISO"
    assert facts.roles["ceo"].title == "Chief executive"


def test_dated_vacancy_with_an_acting_holder_stays_where_it_is() -> None:
    facts, problems = role_facts(
        "roles: {ceo: {person: ada}, it_lead: {acting: ben, vacant_since: 2026-05-01}}"
    )
    assert problems == []
    fact = facts.roles["it_lead"]
    assert (fact.filled_by, fact.holder, fact.vacant_since) == ("it_lead", None, "2026-05-01")


def test_roles_that_nobody_carries_are_one_problem() -> None:
    _, [problem] = role_facts("roles: {outside_adviser: {person: ada}}")
    assert problem.code == "role-unfilled"
    assert "security_officer" in problem.message
    assert "board" not in problem.message


def test_dated_vacancy_needs_no_holder() -> None:
    _, [problem] = role_facts("roles: {ceo: {vacant_since: 2026-05-01}}")
    assert "ceo" not in problem.message.split(" and nobody who")[0].split(", ")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        pytest.param(
            "roles: {ceo: {person: ada}, ciso: {person: ben}}", "role-unknown", id="unknown role"
        ),
        pytest.param(
            "roles: {ceo: {person: ada}, line_manager: {person: ben}}",
            "role-per-case",
            id="person in a pseudo role",
        ),
    ],
)
def test_role_that_cannot_be_filled_is_a_problem(line: str, code: str) -> None:
    _, problems = role_facts(line)
    assert [problem.code for problem in problems] == [code]


def test_condition_asks_whether_a_person_holds_a_role() -> None:
    facts, _ = role_facts("roles: {ceo: {person: ada}, outside_adviser: {person: ben}}")
    context = condition_context(facts)
    assert evaluate(parse_condition('answered_role("outside_adviser")'), context)
    assert not evaluate(parse_condition('answered_role("security_officer")'), context)


def test_condition_asks_what_the_organization_set_itself() -> None:
    context = condition_context(resolved("parameters: {mfa_scope: all_users}\n")[0])
    assert evaluate(parse_condition('overridden("mfa_scope")'), context)
    assert not evaluate(parse_condition('overridden("password_min_length")'), context)
    assert evaluate(parse_condition("p.password_min_length == 12"), context)


@pytest.mark.parametrize(
    "parameter",
    [
        pytest.param(one, id=one.name)
        for one in package_registries().parameters.values()
        if one.floors and not one.promise
    ],
)
def test_tightened_value_keeps_every_floor_and_fits_its_parameter(parameter: Parameter) -> None:
    value = tightened(parameter, parameter.default, parameter.floors)
    assert all(keeps(value, floor) for floor in parameter.floors)
    assert not list(misfits(parameter, value, package_registries()))


@given(st.sampled_from(list(package_registries().parameters.values())), st.integers(0, 5000))
def test_tightening_changes_only_what_a_floor_asks(parameter: Parameter, figure: int) -> None:
    if parameter.type != "int":
        return
    value = tightened(parameter, figure, parameter.floors)
    assert all(keeps(value, floor) for floor in parameter.floors)
    if all(keeps(figure, floor) for floor in parameter.floors):
        assert value == figure


def test_system_is_not_reviewed_less_often_than_all_are() -> None:
    text = (
        "systems:\n  - {id: signin, kind: idp, name: Gatehouse, owner_role: it_lead, "
        "access_review: annual}\n"
    )
    _, [problem] = resolved(text)
    assert (problem.code, marked(text, problem)) == ("parameter-conflict", "annual")
    _, problems = resolved(text.replace("annual", "monthly"))
    assert problems == []


def test_subservice_organization_is_reviewed_every_year() -> None:
    text = (
        "vendors:\n  - {id: cloud, name: Cumulus, service: hosting, owner_role: it_lead, "
        "tier: medium, subservice: true}\n"
    )
    _, [problem] = resolved(text)
    assert (problem.code, marked(text, problem)) == ("parameter-conflict", "medium")
    _, problems = resolved(text.replace("medium", "critical"))
    assert problems == []


def test_contract_that_promises_deletion_counts_backups_too() -> None:
    text = promise("customer_data_deletion_days", "30, total_days: 60")
    _, [problem] = resolved(text)
    assert problem.code == "parameter-conflict"
    assert "65 days after the end" in problem.message
    _, problems = resolved(text + "parameters: {backup_retention_days: 30}\n")
    assert problems == []


def test_promise_without_its_clause_is_a_problem() -> None:
    _, [problem] = resolved(promise("customer_change_notice_days", "30", clause="null"))
    assert problem.code == "commitment-source"


def test_promise_of_a_service_out_of_scope_binds_nobody() -> None:
    text = promise("customer_incident_notice_hours", "72").replace(
        "    commit", "    in_scope: false\n    commit"
    )
    facts, problems = resolved(text)
    assert problems == []
    assert facts.parameters["customer_incident_notice_hours"].origin is Origin.UNANSWERED


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("policy_review_months", "a whole number from 1 to 24"),
        ("lockout_attempts", 'a whole number from 3 to 10 or "idp_managed"'),
        ("maker_checker_threshold", "a number from 0"),
        ("mfa_scope", '"all_users" or "remote_and_privileged"'),
        ("edr_required", "true or false"),
        ("temperature_range_c", "two numbers, the lower first, from 10 to 35"),
        ("access_request_approvers", "a list of role ids"),
        ("risk_treatment_days", "a table of whole numbers from 1 to 730"),
    ],
)
def test_parameter_tells_what_it_allows(name: str, expected: str) -> None:
    assert allowed(package_registries().parameters[name]) == expected


LAWS = ("gdpr", "uk_gdpr", "ccpa", "hipaa", "pci_dss", "glba", "nydfs", "sox_relevant")


@pytest.mark.parametrize("laws", [*((law,) for law in LAWS), LAWS], ids="+".join)
def test_defaults_agree_with_each_other_under_every_law(laws: tuple[str, ...]) -> None:
    flags = ", ".join(f"{law}: true" for law in laws)
    _, problems = resolved(
        f"regulatory: {{{flags}}}\ndata: {{personal_data: {{processed: true, role: both}}}}\n"
        "tsc: {availability: true, privacy: true, processing_integrity: true}\n"
        "practices: {operates_data_center: true}\n"
    )
    assert problems == []


LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5000),
    st.floats(-5, 500, allow_nan=False),
    st.sampled_from(["daily", "annual", "idp_managed", "72 hours", "SEV1", "ceo", "5x5", "x y"]),
)
KEYS = st.sampled_from(["critical", "high", "5x5", "gdpr", "DE", "severity", "when", "tier", "x"])
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(list(package_registries().parameters.values())), ANYTHING)
def test_any_override_is_taken_or_told(parameter: Parameter, value: Value) -> None:
    facts, problems = resolved(dump_yaml({"parameters": {parameter.name: value}}))
    found = facts.parameters[parameter.name]
    if found.origin is Origin.ORGANIZATION:
        assert not list(misfits(parameter, value, package_registries()))
    else:
        assert problems
