"""Problems in the formats that editors, forges and build servers read."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Literal, TypeAlias, assert_never
from urllib.parse import quote
from xml.etree import ElementTree as ET

from policygen.problems import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Style: TypeAlias = Literal["text", "json", "junit", "sarif", "github"]
"""Plain lines; JSON; JUnit XML; SARIF 2.1.0; annotations on a pull request."""

STYLES = "text, json, junit, sarif or github (annotations on a pull request)."

_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_NO_PLACE = "organization.yml"
"""Where a problem without a place is shown: the formats of forges want a file."""

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LEVELS: Mapping[Severity, str] = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.WAIVED: "note",
}


def formatted(
    found: Sequence[Problem],
    style: Style,
    *,
    verb: str = "check",
    version: str = "0",
    checked: Sequence[str] = (),
    codes: Mapping[str, tuple[str, str]] | None = None,
) -> str:
    """Problems in a format; empty where plain lines or annotations have nothing to say.

    Args:
        found: The problems.
        style: The format.
        verb: The command that found them, e.g. `check` or `review check`.
        version: Version of policygen.
        checked: Files that were checked: in JUnit each is a case that passes where nothing is
            wrong with it, so that a report without failures still says what was looked at.
        codes: What each code says and what to do, for SARIF; None leaves it out.
    """
    match style:
        case "text":
            return "\n".join(str(problem) for problem in found)
        case "json":
            rows = [problem.plain() for problem in found]
            return json.dumps({"problems": rows}, indent=2, sort_keys=True)
        case "junit":
            return _junit(found, verb, checked)
        case "sarif":
            return json.dumps(_sarif(found, version, codes or {}), indent=2, sort_keys=True)
        case "github":
            return "\n".join(_annotation(problem) for problem in found)
        case _:
            assert_never(style)


def _annotation(problem: Problem) -> str:
    """One workflow command; what stands in a file cannot begin another.

    Source: GitHub, workflow commands for Actions.
    """
    place = problem.location
    parts = []
    if place:
        parts.append(f"file={_escape(place.path, in_property=True)}")
        if place.line:
            parts.append(f"line={place.line}")
        if place.column:
            parts.append(f"col={place.column}")
    parts.append(f"title={problem.code}")
    text = f"{problem.message}. {problem.hint}" if problem.hint else problem.message
    level = "notice" if problem.severity is Severity.WAIVED else problem.severity.value
    return f"::{level} {','.join(parts)}::{_escape(text, in_property=False)}"


def _escape(text: str, *, in_property: bool) -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    if in_property:
        escaped = escaped.replace(":", "%3A").replace(",", "%2C")
    return escaped


def _junit(found: Sequence[Problem], verb: str, checked: Sequence[str]) -> str:
    """One suite: a case for each problem, and one for each file that has none."""
    named = {problem.location.path for problem in found if problem.location}
    fine = [path for path in checked if path not in named]
    failed = sum(problem.severity is Severity.ERROR for problem in found)
    waived = sum(problem.severity is Severity.WAIVED for problem in found)
    counts = {
        "tests": str(len(found) + len(fine)),
        "failures": str(failed),
        "errors": "0",
        "skipped": str(waived),
    }
    suites = ET.Element("testsuites", {"name": "policygen", **counts})
    suite = ET.SubElement(suites, "testsuite", {"name": f"policygen {verb}", **counts})
    for problem in found:
        place = problem.location
        name = f"{problem.code} {place}" if place else problem.code
        path = place.path if place else _NO_PLACE
        case = ET.SubElement(suite, "testcase", {"classname": _xml(path), "name": _xml(name)})
        if place:
            case.set("file", _xml(place.path))
            case.set("line", str(place.line or 1))
        _add_verdict(case, problem)
    for path in fine:
        ET.SubElement(suite, "testcase", {"classname": _xml(path), "name": "no problems"})
    ET.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suites, encoding="unicode")


def _add_verdict(case: ET.Element, problem: Problem) -> None:
    message = _xml(problem.message)
    match problem.severity:
        case Severity.ERROR:
            failure = ET.SubElement(case, "failure", {"type": problem.code, "message": message})
            failure.text = _xml(str(problem))
        case Severity.WARNING:
            ET.SubElement(case, "system-out").text = _xml(str(problem))
        case Severity.WAIVED:
            ET.SubElement(case, "skipped", {"message": message})
        case _:
            assert_never(problem.severity)


def _xml(text: str) -> str:
    return _NOT_IN_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _sarif(
    found: Sequence[Problem], version: str, codes: Mapping[str, tuple[str, str]]
) -> dict[str, object]:
    """SARIF 2.1.0, one run.

    Source: OASIS, Static Analysis Results Interchange Format 2.1.0, sections 3.27 to 3.30.
    """
    rules = sorted({problem.code for problem in found})
    driver: dict[str, object] = {
        "name": "policygen",
        "rules": [_rule(code, codes) for code in rules],
    }
    if re.fullmatch(r"\d+\.\d+\.\d+.*", version):
        driver["semanticVersion"] = version
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "The workspace."}}},
        "results": [*_results(found, rules)],
    }
    return {"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str, codes: Mapping[str, tuple[str, str]]) -> dict[str, object]:
    rule: dict[str, object] = {"id": code}
    if code in codes:
        says, todo = codes[code]
        rule |= {"shortDescription": {"text": says}, "help": {"text": todo}}
    return rule


def _results(found: Sequence[Problem], rules: Sequence[str]) -> Iterator[dict[str, object]]:
    seen: Counter[str] = Counter()
    for problem in found:
        place = problem.location
        region: dict[str, int] = {"startLine": (place.line if place else None) or 1}
        if place and place.line and place.column:
            region["startColumn"] = place.column
        uri = quote(place.path if place else _NO_PLACE)
        identity = f"{problem.code}\0{uri}\0{problem.message}"
        seen[identity] += 1
        text = f"{problem.message}. {problem.hint}" if problem.hint else problem.message
        result: dict[str, object] = {
            "ruleId": problem.code,
            "ruleIndex": rules.index(problem.code),
            "level": _LEVELS[problem.severity],
            "message": {"text": text},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": uri, "uriBaseId": "SRCROOT"},
                        "region": region,
                    }
                }
            ],
            # Without the line, so that a problem stays the same one when text moves above it.
            "partialFingerprints": {"policygen/v1": _fingerprint(identity, seen[identity])},
        }
        if problem.severity is Severity.WAIVED:
            result["suppressions"] = [{"kind": "external", "status": "accepted"}]
        yield result


def _fingerprint(identity: str, number: int) -> str:
    return hashlib.sha256(f"{identity}\0{number}".encode("utf-8", "replace")).hexdigest()
