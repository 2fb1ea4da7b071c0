"""Problem codes: every code that can be told is described once, and none without need."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

from policygen.yaml import yamlfile

PACKAGE = Path(__file__).parents[1] / "policygen"
PROBLEMS = PACKAGE / "data" / "problems"
_CODE = re.compile(r"[a-z]+(?:-[a-z0-9]+)+")


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


@cache
def described() -> Counter[str]:
    found: Counter[str] = Counter()
    for path in sorted(PROBLEMS.glob("*.yml")):
        value = yamlfile.read_yaml(path, path.name).value
        assert isinstance(value, dict), path
        found.update(list(value))
    return found


@cache
def texts_in_code() -> tuple[set[str], list[re.Pattern[str]]]:
    """Every text that has the form of a code, and patterns of those put together."""
    texts: set[str] = set()
    patterns: list[re.Pattern[str]] = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in nodes(path):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if _CODE.fullmatch(node.value):
                    texts.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                patterns += _pattern(node)
    return texts, patterns


def _pattern(node: ast.JoinedStr) -> list[re.Pattern[str]]:
    parts = [
        re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[a-z0-9-]+"
        for part in node.values
    ]
    whole = "".join(parts)
    fixed = "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
    is_code = re.fullmatch(r"[a-z-]*-[a-z-]*", fixed) and re.search("[a-z]", fixed)
    return [re.compile(whole)] if is_code else []


@cache
def codes_told() -> tuple[set[str], list[re.Pattern[str]]]:
    """Codes given as `code=`, or as the first code-like text of a call."""
    codes: set[str] = set()
    patterns: list[re.Pattern[str]] = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in nodes(path):
            if not isinstance(node, ast.keyword) or node.arg != "code":
                continue
            for part in ast.walk(node.value):
                if isinstance(part, ast.JoinedStr):
                    patterns += _pattern(part)
                elif isinstance(part, ast.Constant) and isinstance(part.value, str):
                    codes.add(part.value)
    return {code for code in codes if _CODE.fullmatch(code)}, patterns


def test_every_code_is_described_exactly_once() -> None:
    assert [code for code, count in described().items() if count > 1] == []


def test_every_code_that_is_told_is_described() -> None:
    codes, _ = codes_told()
    assert sorted(codes - set(described())) == []


def test_codes_put_together_are_described_by_their_fixed_part() -> None:
    _, patterns = codes_told()
    known = set(described())
    assert [found.pattern for found in patterns if not any(map(found.fullmatch, known))] == []


def test_every_code_of_an_area_that_stands_in_the_code_is_described() -> None:
    """Codes handed on through helpers: texts that begin like a described code's area."""
    areas = {code.split("-")[0] for code in described()}
    texts, _ = texts_in_code()
    stray = {text for text in texts if text.split("-")[0] in areas} - set(described())
    assert sorted(stray - NOT_CODES) == []


def test_every_described_code_occurs_in_the_code() -> None:
    texts, patterns = texts_in_code()
    unused = [
        code
        for code in described()
        if code not in texts and not any(found.fullmatch(code) for found in patterns)
    ]
    assert unused == []


def test_every_description_is_two_sentences_with_an_end() -> None:
    for path in sorted(PROBLEMS.glob("*.yml")):
        value = yamlfile.read_yaml(path, path.name).value
        assert isinstance(value, dict)
        for code, row in value.items():
            assert isinstance(row, dict), code
            assert set(row) == {"says", "do"}, code
            for sentence in row.values():
                assert isinstance(sentence, str), code
                assert sentence[:1].isupper() or sentence.startswith(NAMES), code
                assert sentence.endswith("."), code


NAMES = ("git", "pandoc", "ssh", "organization.yml", "policygen")
"""Names that keep their small letter at the start of a sentence."""

NOT_CODES = frozenset(
    {
        "ssh-keygen", "ssh-rsa", "ssh-ed25519", "policy-approval", "policy-trust", "policy-package",
        "git-common-dir", "document-id", "data-center", "role-id",
    }
)  # fmt: skip
"""Names of other things that look alike."""


def test_every_described_code_is_named_by_a_test() -> None:
    tests = "\n".join(
        path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.rglob("*.py"))
    )
    assert [code for code in described() if code not in tests] == []
