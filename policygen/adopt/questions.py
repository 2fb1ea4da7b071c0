"""The few decisive questions of `init`, and what their answers mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Literal, assert_never
from zoneinfo import available_timezones

if TYPE_CHECKING:
    from collections.abc import Mapping

Archetype = Literal["saas", "data-center", "msp", "payments", "payroll"]
"""Kinds of organization that `init` knows."""


class Answer(Enum):
    """What sort of answer a question takes."""

    TEXT = "text"
    """A line of text."""

    NUMBER = "number"
    """A whole number from 1."""

    YES = "yes"
    """Yes or no."""

    CHOICE = "choice"
    """One of a few words."""

    ZONE = "zone"
    """A time zone of the IANA list."""

    PERSON = "person"
    """`Name <mail>`; the name of somebody named before; or nothing where it may stay open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question."""

    key: str
    ask: str
    kind: Answer
    default: str | None = None
    """Taken without an answer; None where one is needed."""

    choices: tuple[str, ...] = ()
    archetypes: Mapping[str, str] | None = None
    """Defaults that differ by archetype."""

    def default_for(self, archetype: str) -> str | None:
        """What counts as the answer where nobody gives one."""
        return (self.archetypes or {}).get(archetype, self.default)


PRODUCTS = {
    "idp": "single sign-on",
    "vcs": "source code",
    "ticketing": "tickets",
    "hris": "HR records",
    "cloud": "cloud hosting",
}
"""Systems that `init` asks for by kind; the rest is added in organization.yml."""

QUESTIONS = (
    Question(key="legal_name", ask="Legal name of the organization", kind=Answer.TEXT),
    Question(key="short_name", ask="Name used in running text", kind=Answer.TEXT),
    Question(key="headcount", ask="How many people work there", kind=Answer.NUMBER),
    Question(key="time_zone", ask="Time zone, e.g. Europe/Berlin", kind=Answer.ZONE),
    Question(
        key="governing_body",
        ask="Who oversees the chief executive",
        kind=Answer.CHOICE,
        default="owner",
        choices=("board", "advisory", "owner"),
    ),
    Question(
        key="availability",
        ask="Is availability examined (uptime promised to customers)",
        kind=Answer.YES,
        default="no",
        archetypes={"data-center": "yes"},
    ),
    Question(
        key="confidentiality",
        ask="Is confidentiality examined (customers' secrets kept and deleted)",
        kind=Answer.YES,
        default="no",
    ),
    Question(
        key="processing_integrity",
        ask="Is processing integrity examined (results correct, complete, on time)",
        kind=Answer.YES,
        default="no",
    ),
    Question(
        key="privacy",
        ask="Is privacy examined (rarely chosen by processors)",
        kind=Answer.YES,
        default="no",
    ),
    Question(
        key="remote_work",
        ask="How much of the work is remote",
        kind=Answer.CHOICE,
        default="hybrid",
        choices=("none", "hybrid", "full"),
    ),
    Question(
        key="develops_software",
        ask="Do you develop the software you offer",
        kind=Answer.YES,
        default="yes",
        archetypes={"data-center": "no", "msp": "no"},
    ),
    Question(
        key="customer_content",
        ask="Do you hold content of your customers",
        kind=Answer.YES,
        default="yes",
    ),
    Question(key="ceo", ask="Chief executive, as Name <mail used in git>", kind=Answer.PERSON),
    Question(
        key="security_officer",
        ask="Who is responsible for security (Name <mail>)",
        kind=Answer.PERSON,
    ),
    Question(
        key="compliance_lead",
        ask="Who looks after policies and the audit (nothing: the security officer)",
        kind=Answer.PERSON,
        default="",
    ),
    Question(
        key="engineering_lead",
        ask="Who leads engineering (nothing: operations, IT or the chief executive)",
        kind=Answer.PERSON,
        default="",
    ),
    Question(
        key="it_lead",
        ask="Who looks after accounts and laptops (nothing: operations or engineering)",
        kind=Answer.PERSON,
        default="",
    ),
    Question(
        key="people_lead",
        ask="Who looks after hiring and leaving (nothing: the chief executive)",
        kind=Answer.PERSON,
        default="",
    ),
    *(
        Question(key=key, ask=f"Product for {use} (nothing: none)", kind=Answer.TEXT, default="")
        for key, use in PRODUCTS.items()
    ),
)
"""Everything that cannot be guessed and that decides which text is true."""

_PERSON = re.compile(r"(?P<name>[^<>]{2,80}?)\s*<(?P<mail>[^<>\s@]+@[^<>\s@]+)>")


def fault_of(question: Question, answer: str, known: frozenset[str] = frozenset()) -> str | None:
    """Why an answer cannot be taken; None where it can.

    Args:
        question: What was asked.
        answer: What came back.
        known: Names of people answered before, who need no mail again.
    """
    if not answer.strip():
        return None if question.default == "" else "an answer is needed"
    ok, wanted = _fits(question, answer.strip(), known)
    return None if ok else f'must be {wanted}, not "{answer[:60]}"'


def _fits(question: Question, answer: str, known: frozenset[str]) -> tuple[bool, str]:
    """Whether an answer is of the right sort, and what the right sort is."""
    match question.kind:
        case Answer.TEXT:
            return len(answer) <= 200 and "\n" not in answer, "one line of text"
        case Answer.NUMBER:
            digits = answer.isascii() and answer.isdigit()
            return digits and 1 <= int(answer) <= 10_000_000, "a whole number from 1"
        case Answer.YES:
            return answer.lower() in ("yes", "no", "y", "n", "true", "false"), "yes or no"
        case Answer.CHOICE:
            return answer in question.choices, f"one of {', '.join(question.choices)}"
        case Answer.ZONE:
            return answer in available_timezones(), "a time zone such as Europe/Berlin"
        case Answer.PERSON:
            fits = answer in known or _PERSON.fullmatch(answer) is not None
            return fits, "Name <mail>, or a name given before"
        case _:
            assert_never(question.kind)


def person_of(answer: str) -> tuple[str, str] | None:
    """Name and mail of an answer; None where it only names somebody known."""
    match = _PERSON.fullmatch(answer.strip())
    return (match["name"].strip(), match["mail"]) if match else None


def is_yes(answer: str) -> bool:
    """Whether a yes-or-no answer is yes."""
    return answer.lower() in ("yes", "y", "true")
