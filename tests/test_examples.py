"""The five example organizations: whole, sound in every combination, and spoken of truly."""

from __future__ import annotations

import copy
import itertools
import re
from datetime import date
from typing import TYPE_CHECKING

import pytest

from policygen.cli.main import main
from policygen.load.registries.registries import package_registries
from policygen.model.document import Kind
from policygen.model.matrix import Coverage
from policygen.text.record import before_statements
from tests.organizations import (
    ARCHETYPES,
    CATEGORIES,
    LIBRARY,
    Organization,
    example,
    exemplary,
    library_templates,
    organization,
)

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.adopt.questions import Archetype
    from policygen.model.matrix import CriterionRow, Matrix
    from tests.organizations import Plain

FIGURES_OF = {
    "availability": ("dr_test_frequency", "generator_fuel_hours"),
    "processing_integrity": ("error_resolution_business_days",),
}
"""Figures that examples set and that only one category reads."""

AGREEMENT = {
    "reason": "customers ask for it",
    "auditor_agreed_by": "Quade & Osei LLP",
    "auditor_agreed_on": date(2025, 6, 2),
}


def _examined(archetype: Archetype, chosen: tuple[bool, ...]) -> Plain:
    """An example that has other categories examined, and has thought of what follows from it."""
    profile = example(archetype)
    profile["tsc"].update(zip(CATEGORIES, chosen, strict=True))
    for category, figures in FIGURES_OF.items():
        for name in figures if not profile["tsc"][category] else ():
            profile["parameters"].pop(name, None)
            profile["parameter_rationale"].pop(name, None)
    profile["audit"].pop("privacy_for_others", None)
    if profile["tsc"]["privacy"]:
        lead = profile["roles"]["compliance_lead"]
        profile["roles"].setdefault("privacy_officer", copy.deepcopy(lead))
        if profile["data"]["personal_data"].get("role") == "processor":
            profile["audit"]["privacy_for_others"] = AGREEMENT
    return profile


@pytest.mark.parametrize("archetype", ARCHETYPES)
def test_example_has_no_problem(archetype: Archetype) -> None:
    assert organization(example(archetype)).problems == ()


@pytest.mark.parametrize("archetype", ARCHETYPES)
def test_every_combination_of_categories_is_sound_and_covered(archetype: Archetype) -> None:
    sound: set[str] = set()
    for chosen in itertools.product((False, True), repeat=len(CATEGORIES)):
        profile = _examined(archetype, chosen)
        made = organization(profile, sound=sound)
        assert list(made.problems) == [], chosen
        _assert_covered(made, {"security": True, **profile["tsc"]})


def test_a_processor_says_to_customers_why_privacy_is_examined() -> None:
    made = exemplary("payroll")
    said = made.documents()["cuec-register"].text
    assert "- **Agreed:** with Ellory Marchbanks LLP on 2025-08-14\n" in said


def _assert_covered(made: Organization, examined: dict[str, bool]) -> None:
    """Main documents and a control for what is examined, a reason for what is not."""
    matrix = made.matrix()
    for row in matrix.criteria:
        if not examined[row.criterion.category]:
            assert (row.coverage, bool(row.reason)) == (Coverage.OUT_OF_SCOPE, True)
        else:
            assert _kinds(row, made) >= {Kind.POLICY, Kind.PROCEDURE}, row.criterion.id
            assert _controls_that_apply(row, matrix), row.criterion.id
            assert row.coverage in (Coverage.MAPPED, Coverage.SUBSERVICE), row
    assert [row for row in matrix.controls if row.coverage is Coverage.GAP] == []


def _kinds(row: CriterionRow, made: Organization) -> set[Kind]:
    documents = made.documents()
    return {documents[name].record.header.kind for name in row.primary}


def _controls_that_apply(row: CriterionRow, matrix: Matrix) -> list[str]:
    return [
        control.control.id
        for control in matrix.controls
        if control.control.id in row.controls
        and any(
            found.statement.applies and row.criterion.id in found.statement.criteria
            for found in control.statements
        )
    ]


def test_every_control_is_stood_on_and_statements_are_few_enough_to_test() -> None:
    declared = exemplary("saas").rendering.declared
    controls = {row.attributes["control"] for row in declared}
    assert controls == set(package_registries().controls)
    assert 500 <= len(declared) <= 900


@pytest.mark.parametrize(
    ("archetype", "words"),
    [
        pytest.param("saas", r"generators?\b(?! tests? of)|badge|visitor log", id="no premises"),
        pytest.param(
            "data-center",
            r"pull request|merge request|code review|source code|secure coding",
            id="no software",
        ),
        pytest.param("payroll", r"generators?\b|cardholder|client tenant", id="no cards"),
        pytest.param("msp", r"generators?\b|cardholder|payroll|protected health", id="no money"),
    ],
)
def test_nothing_is_said_of_what_an_organization_does_not_have(
    archetype: Archetype, words: str
) -> None:
    made = exemplary(archetype)
    said = [
        (document.id, found[0])
        for document in made.rendering.documents
        if document.record.header.kind is not Kind.REGISTER
        for statement in document.record.statements
        if statement.applies
        for found in re.finditer(words, statement.text, re.IGNORECASE)
    ]
    assert said == []


def test_a_processor_gives_no_notice_and_takes_no_consent() -> None:
    made = exemplary("payroll")
    bound = {
        statement.id
        for document in made.rendering.documents
        for statement in document.record.statements
        if statement.applies and set(statement.criteria) & {"P1.1", "P2.1", "P3.2", "P5.1", "P5.2"}
    }
    # Lists of what customers must do, facts for their notices, forwarding, help, and its records.
    assert bound == {"PRIV-04", "PRIV-11", "PNC-05", "PRIV-25", "PRIV-26", "PRQ-01", "PRQ-05"}


@pytest.mark.parametrize(
    ("archetype", "coverage", "reason"),
    [
        pytest.param(
            "saas",
            Coverage.SUBSERVICE,
            "Cirrostack Cloud (Cloud platform on which Clausewell runs and is backed up; report "
            "reviewed on 2026-06-11), Gatehouse Identity (Sign-on of the workforce and of "
            "customers' users; report reviewed on 2026-03-18)",
            id="left to providers",
        ),
        pytest.param("data-center", Coverage.MAPPED, None, id="doors of its own"),
        pytest.param(
            "msp",
            Coverage.MAPPED,
            "in part met by Marlinspike Remote (Remote management system that reaches clients' "
            "machines; report reviewed on 2026-05-12), Gannet Events (Cloud in which clients' "
            "logs are kept and searched; report reviewed on 2026-03-24), Coldharbour Vault "
            "(Storage of clients' backups and of our own; report reviewed on 2026-05-19)",
            id="both",
        ),
    ],
)
def test_entry_to_sites_is_covered_by_whoever_runs_them(
    archetype: Archetype, coverage: Coverage, reason: str | None
) -> None:
    matrix = exemplary(archetype).matrix()
    [row] = [row for row in matrix.criteria if row.criterion.id == "CC6.4"]
    assert (row.coverage, row.reason) == (coverage, reason)


@pytest.mark.parametrize("archetype", ARCHETYPES)
def test_a_document_is_read_in_a_sitting(archetype: Archetype) -> None:
    """Running text, tables aside; the few short ones are about what a provider or customer does."""
    words = {
        document.id: len(
            [
                word
                for line in before_statements(document.record.body).splitlines()
                if not line.startswith("|")
                for word in line.split()
            ]
        )
        for document in exemplary(archetype).rendering.documents
        if document.record.header.kind is not Kind.REGISTER
    }
    assert {name: count for name, count in words.items() if count > 1800} == {}
    assert {name for name, count in words.items() if count < 600} <= {
        "physical-security-policy",
        "privacy-notice-consent-procedure",
    }


@pytest.mark.parametrize("archetype", ARCHETYPES)
def test_the_library_names_nobody_and_nothing_of_an_example(archetype: Archetype) -> None:
    profile = example(archetype)
    names = {profile["organization"]["legal_name"], profile["organization"]["short_name"]}
    for part in ("people", "systems", "vendors", "services"):
        names |= {row["name"] for row in profile[part]}
    pattern = re.compile("|".join(rf"\b{re.escape(name)}(?!\w)" for name in sorted(names)))
    said = [
        (template.path, found[0])
        for template in library_templates()
        for found in pattern.finditer(template.text)
    ]
    assert said == []


def test_init_makes_the_example_of_a_kind_and_asks_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "hosting"
    assert main(["init", str(root), "--archetype", "data-center", "--example"]) == 0
    shipped = LIBRARY / "examples" / "data-center" / "organization.yml"
    assert (root / "organization.yml").read_bytes() == shipped.read_bytes()
    assert "70 documents rendered" in capsys.readouterr().out
    assert main(["-C", str(root), "check"]) == 0
    assert "# Policies of Basalt Ridge\n" in (root / "README.md").read_text()


def test_an_example_takes_no_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answers = tmp_path / "answers.yml"
    answers.write_text("short_name: Marrow\n")
    arguments = ["init", str(tmp_path / "new"), "--example", "--answers", str(answers)]
    assert main(arguments) == 2
    assert "init-answers" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
