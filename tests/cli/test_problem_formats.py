"""Problems as other programs read them: JSON, JUnit, SARIF, annotations; hostile text included."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from policygen.cli import output
from policygen.cli.main import main
from policygen.cli.problem_formats import formatted
from policygen.problems import Location, Problem, Severity
from tests.pipeline.doors import edit, open_doors

if TYPE_CHECKING:
    from pathlib import Path

ERROR = Problem(
    code="render-unknown-name",
    location=Location("policies/access control.md", 14, 9),
    message="p.acces is not a parameter",
    hint="did you mean p.access?",
)
WARNING = Problem(
    code="parameter-unused",
    severity=Severity.WARNING,
    location=Location("organization.yml", 3),
    message="a is set, but no document of this set uses it",
)
WAIVED = Problem(
    code="text-untestable",
    severity=Severity.WAIVED,
    location=Location("policies/backup-policy.md", 7, 1),
    message="promptly names no limit",
)
PLACELESS = Problem(code="git-missing", message="git is not on the path")
ALL = (ERROR, WARNING, WAIVED, PLACELESS)
EVIL = (
    "\x1b]8;;https://evil.example\x07x\r\n::error::forged\n::stop-commands::x %0A <&]]>\x00 \u202e"
)


def sarif(*problems: Problem) -> dict[str, Any]:
    text = formatted(problems, "sarif", version="1.2.3", codes={"git-missing": ("No git.", "Do.")})
    [run] = json.loads(text)["runs"]
    assert isinstance(run, dict)
    return run


def test_sarif_is_of_the_version_that_forges_take() -> None:
    value = json.loads(formatted(ALL, "sarif", version="1.2.3"))
    assert value["version"] == "2.1.0"
    assert value["$schema"].endswith("sarif-2.1.0.json")
    driver = value["runs"][0]["tool"]["driver"]
    assert (driver["name"], driver["semanticVersion"]) == ("policygen", "1.2.3")


def test_sarif_results_point_at_their_rule_and_their_region() -> None:
    run = sarif(*ALL)
    rules = run["tool"]["driver"]["rules"]
    assert [rules[row["ruleIndex"]]["id"] for row in run["results"]] == [row.code for row in ALL]
    places = [row["locations"][0]["physicalLocation"] for row in run["results"]]
    assert [place["region"] for place in places] == [
        {"startLine": 14, "startColumn": 9},
        {"startLine": 3},
        {"startLine": 7, "startColumn": 1},
        {"startLine": 1},
    ]
    assert places[0]["artifactLocation"]["uri"] == "policies/access%20control.md"
    assert places[0]["artifactLocation"]["uriBaseId"] in run["originalUriBaseIds"]
    assert [row["level"] for row in run["results"]] == ["error", "warning", "note", "error"]
    assert "suppressions" in run["results"][2]
    [described] = [rule for rule in rules if "help" in rule]
    assert described == {
        "id": "git-missing", "shortDescription": {"text": "No git."}, "help": {"text": "Do."},
    }  # fmt: skip


def test_a_finding_keeps_its_fingerprint_when_lines_move_and_no_two_share_one() -> None:
    moved = Problem(
        code=ERROR.code, location=Location("policies/access control.md", 99), message=ERROR.message
    )  # fmt: skip
    [before], [after] = (sarif(row)["results"] for row in (ERROR, moved))
    assert before["partialFingerprints"] == after["partialFingerprints"]
    results = sarif(ERROR, moved, *ALL[1:])["results"]
    prints = {row["partialFingerprints"]["policygen/v1"] for row in results}
    assert len(prints) == len(results)


def test_junit_counts_failures_and_names_what_passed() -> None:
    root = ET.fromstring(
        formatted(ALL, "junit", checked=("rendered/policies/a.md", "organization.yml"))
    )
    [suite] = root
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("5", "2", "1")
    kinds = [[part.tag for part in case] for case in suite]
    assert kinds == [["failure"], ["system-out"], ["skipped"], ["failure"], []]
    assert suite[0].get("file") == "policies/access control.md"
    assert suite[0].get("line") == "14"
    assert suite[4].get("classname") == "rendered/policies/a.md"


def test_an_annotation_has_its_place_and_its_hint() -> None:
    assert formatted((ERROR, WAIVED), "github").splitlines() == [
        "::error file=policies/access control.md,line=14,col=9,title=render-unknown-name::"
        "p.acces is not a parameter. did you mean p.access?",
        "::notice file=policies/backup-policy.md,line=7,col=1,title=text-untestable::"
        "promptly names no limit",
    ]


@pytest.mark.parametrize("style", ["text", "github"])
def test_text_of_a_file_begins_no_line_and_steers_no_terminal(style: str) -> None:
    problem = Problem(
        code="x-y", location=Location(f"a{EVIL}b,line=1::c"), message=f"m{EVIL}", hint=f"h{EVIL}"
    )
    text = output.clean(formatted((problem,), style))  # type: ignore[arg-type]
    lines = text.splitlines()
    assert len(lines) == (2 if style == "text" else 1)
    assert [line for line in lines[style == "github" :] if line.startswith("::")] == []
    assert not [c for c in text if c in "\x1b\x07\x00\u202e\r"]
    if style == "github":
        head = text.split("::", 2)[1]
        assert head.count(",") == 1
        assert "%250A" in text


@pytest.mark.parametrize("style", ["json", "sarif", "junit"])
def test_hostile_text_leaves_each_format_whole(style: str) -> None:
    problem = Problem(
        code="x-y", location=Location("a\x00b"), message=f"m{EVIL}\U000e0001", hint=EVIL
    )
    text = output.clean(formatted((problem,), style))  # type: ignore[arg-type]
    if style == "junit":
        [[case]] = ET.fromstring(text)
        assert "::error::forged" in (case[0].get("message") or "")
    else:
        json.loads(text)
        assert text.isascii()
    assert "\x1b" not in text


@pytest.mark.parametrize("style", ["text", "json", "junit", "sarif", "github"])
def test_check_speaks_every_format(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], style: str
) -> None:
    root = open_doors(tmp_path / "doors")
    assert main(["-C", str(root), "check", "--format", style]) == 0
    fine = capsys.readouterr().out
    edit(root / "policies/door-policy.md", "org.short_name", "org.shrt_name")
    assert main(["-C", str(root), "check", "--format", style]) == 1
    wrong = capsys.readouterr().out
    assert "render-unknown-name" in wrong
    assert "render-unknown-name" not in fine
    if style == "junit":
        assert ET.fromstring(fine)[0].get("failures") == "0"
        assert len(ET.fromstring(fine)[0]) > 0
    if style == "sarif":
        [rule] = [
            rule
            for rule in json.loads(wrong)["runs"][0]["tool"]["driver"]["rules"]
            if rule["id"] == "render-unknown-name"
        ]
        assert rule["help"]["text"]
