"""The organization's own words and titles: none of ours is left where they are replaced."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from policygen import words
from policygen.load.facts import condition_context, resolve_facts
from policygen.load.profile.profile import profile_of
from policygen.load.registries.registries import package_registries
from policygen.load.templates import load_templates
from policygen.model.document import Kind
from policygen.render.documents import render_documents
from policygen.yaml.yamlfile import parse_yaml

ROOT = Path(__file__).parents[1]
REGISTRIES = package_registries()
NOT_OURS = re.compile(
    r"legal hold|HR system|Customer Communication Procedure"
    r"|It holds no customer content",
    re.IGNORECASE,
)
"""A term of law, a kind of system, the title of a document, which is a name; and the reason that
the example's own profile gives for leaving its web site out of scope."""

INVENTED = {
    **{name: f"zz{number}folk" for number, name in enumerate(REGISTRIES.terms)},
    **{role: f"Head Zz{number}" for number, role in enumerate(REGISTRIES.roles)},
}


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """The example's texts with another word for each term and another title for each role."""
    yaml = YAML()
    profile = yaml.load((ROOT / "organization.yml").read_text(encoding="utf-8"))
    profile["terms"] = {name: INVENTED[name] for name in REGISTRIES.terms}
    for role in REGISTRIES.roles:
        profile["roles"].setdefault(role, {})["title"] = INVENTED[role]
    written = io.StringIO()
    yaml.dump(profile, written)
    file = parse_yaml(written.getvalue(), "organization.yml")
    found, _ = profile_of(file)
    assert found is not None
    facts, _ = resolve_facts(found, file, REGISTRIES)
    rendering = render_documents(load_templates(ROOT)[0], facts, condition_context(facts))
    assert rendering.problems == ()
    # Registers print what the profile says in words of its own.
    return {
        document.path: NOT_OURS.sub("", " ".join(document.text.split()))
        for document in rendering.documents
        if document.record.header.kind is not Kind.REGISTER
    }


def _of(word: str) -> re.Pattern[str]:
    first = re.escape(word[:1])
    start = first if word.isupper() else f"[{word[:1].upper()}{word[:1].lower()}]"
    return re.compile(rf"(?<![\w-]){start}{re.escape(word[1:])}s?(?![\w-])")


@pytest.mark.parametrize(
    "word",
    [
        *REGISTRIES.terms.values(),
        # A user is whoever uses a system; the word is not a title that could be replaced.
        *(words.running(role.title) for role in REGISTRIES.roles.values() if role.id != "user"),
    ],
)
def test_no_word_of_ours_is_left_where_it_is_replaced(texts: dict[str, str], word: str) -> None:
    left = [
        f"{path}: {text[max(0, found.start() - 40) : found.end() + 40]}"
        for path, text in texts.items()
        for found in _of(word).finditer(text)
    ]
    assert left == []


def test_the_words_that_replace_ours_are_used(texts: dict[str, str]) -> None:
    text = "\n".join(texts.values())
    unused = {name for name, word in INVENTED.items() if word not in text}
    # The example has neither premises nor a processing service; "user" is a word of all.
    assert unused <= {"board", "outside_adviser", "data_processing_lead", "user", "facilities",
                      "facilities_lead", "on_call_lead"}  # fmt: skip


BRITISH = re.compile(
    r"\b(?:programme|licence|defence|offence|artefact|cheque|enrolment|fulfil|practise)s?\b|\banalysed?\b"
    r"|(?:behavi|col|fav|hon|lab|neighb)our|\bcentres?\b|\benrols?\b|\w(?:cancell|labell|modell|travell)ed\b"
    r"|(?:author|categor|organ|minim|maxim|normal|prior|real|recogn|summar|util)is(?:e|es|ed|ing|ation)\b",
    re.IGNORECASE,
)
READ_BY_PEOPLE = ("policies", "procedures", "policygen/data", "examples", "docs", "rendered")


def test_texts_and_data_are_in_american_english() -> None:
    paths = [
        ROOT / name for name in ("README.md", "CHANGELOG.md", "mkdocs.yml", "organization.yml")
    ]
    for folder in READ_BY_PEOPLE:
        paths += [path for path in (ROOT / folder).rglob("*") if path.suffix in (".md", ".yml")]
    found = [
        (path.relative_to(ROOT).as_posix(), number, word[0])
        for path in sorted(paths)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for word in BRITISH.finditer(line)
    ]
    assert found == []
