"""The next step: one sentence and one command, from the first `init` to the last seal."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.model.register import Flag
from policygen.problems import has_errors
from policygen.words import quantity

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from policygen.model.register import Register
    from policygen.problems import Problem

_SHOWN = 3
"""Documents named in a command before the rest is left to `approve --waiting`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What decides the next step."""

    problems: Sequence[Problem]
    """Of the sources and of `rendered/`."""

    register: Register
    has_repository: bool
    uncommitted: Sequence[str]
    """Paths of sources, rendered text and evidence that git does not hold as they are."""

    has_trust: bool
    keyless: Sequence[str]
    """People who must approve something and have no enrolled key, by id."""

    clicking: Collection[str]
    """People without a key whose account on the forge is trusted: they approve there."""

    half_enrolled: Sequence[str]
    """People whose key only they themselves enrolled."""

    signer: str | None
    """A person whose key is trusted, by id; None where there is none."""

    turns: Mapping[str, str | None]
    """Person id by document that waits for approval; None where nobody can be named."""

    has_sealing_key: bool
    unsealed: Sequence[str]
    """Documents with an approved version that has no sealed PDF, by id; nobody seals before
    anything is in force."""

    reviews_open: Mapping[str, str]
    """Where the review of a document is open, by its id: a branch, or a file of the workspace."""


@dataclass(frozen=True, slots=True)
class Step:
    """What to do next."""

    say: str
    """One sentence, without a full stop."""

    run: str | None = None
    """The command; None where nothing is to be run."""

    def __str__(self) -> str:
        return f"{self.say}: {self.run}" if self.run else self.say


def next_step(standing: Standing) -> Step:
    """The first thing that keeps this workspace from its goal."""
    return (
        _sources(standing)
        or _trust(standing)
        or _approvals(standing)
        or _retirements(standing)
        or _sealing(standing)
        or _commit(standing, only_evidence=True)
        or _calendar(standing)
    )


def _sources(standing: Standing) -> Step | None:
    errors = [problem for problem in standing.problems if not problem.code.startswith("drift-")]
    if has_errors(errors):
        count = sum(problem.severity.value == "error" for problem in errors)
        return Step(f"{quantity(count, 'problems')} in the sources", "policygen check")
    if has_errors(standing.problems):
        return Step("The rendered text is not what the sources say", "policygen render")
    if not standing.has_repository:
        return Step("The workspace is not in a git repository yet", "git init")
    return _commit(standing, only_evidence=False)


def _commit(standing: Standing, *, only_evidence: bool) -> Step | None:
    paths = [path for path in standing.uncommitted if path.startswith("evidence/") is only_evidence]
    if not paths:
        return None
    what = "new evidence" if only_evidence else "what was written or changed"
    folders = " ".join(sorted({path.split("/")[0] for path in paths}))
    message = "Evidence" if only_evidence else "Policies"
    return Step(
        f"Commit {what} ({quantity(len(paths), 'files')})",
        f'git add {folders} && git commit -m "{message}"',
    )


def _trust(standing: Standing) -> Step | None:
    if not standing.has_trust:
        return Step(
            "Nobody may approve yet: say who may, and sign it with your SSH key",
            "policygen trust update --as PERSON --key KEY",
        )
    signer = standing.signer or "PERSON"
    if standing.keyless:
        pairs = " ".join(f"{person}=THEIR-KEY.pub" for person in standing.keyless)
        return Step(
            f"{_listed(standing.keyless)} must approve and ha{_ve(standing.keyless)} no key yet",
            f"policygen trust enroll {pairs} --as {signer} --key KEY",
        )
    others = [person for person in standing.half_enrolled if person != signer]
    if standing.half_enrolled:
        enroller = signer if others else "SOMEBODY-ELSE"
        pairs = " ".join(f"{person}=THEIR-KEY.pub" for person in (others or [signer]))
        return Step(
            f"A key counts in full once a second person enrolled it: "
            f"{_listed(standing.half_enrolled)} enrolled their own",
            f"policygen trust enroll {pairs} --as {enroller} --key KEY",
        )
    return None


def _approvals(standing: Standing) -> Step | None:
    waiting: dict[str, list[str]] = defaultdict(list)
    for document, person in standing.turns.items():
        if person is not None:
            waiting[person].append(document)
    count = len(standing.turns)
    if not count:
        return None
    wait = f"{quantity(count, 'documents')} wait{'s' if count == 1 else ''} for approval"
    if not waiting:
        return Step(
            f"{wait} by somebody who did not draft them, and nobody else holds a role that counts: "
            "name a chief executive or governing body in organization.yml"
        )
    person, documents = max(waiting.items(), key=lambda item: (len(item[1]), item[0]))
    if person in standing.clicking:
        return Step(
            f"{wait}; once {person} has approved the pull request and it is merged",
            f"policygen forge fetch && policygen forge import --as {standing.signer or 'PERSON'}",
        )
    what = " ".join(documents) if len(documents) <= _SHOWN else "--waiting"
    return Step(
        wait,
        f"policygen approve {what} --as {person}",
    )


def _retirements(standing: Standing) -> Step | None:
    """Documents that the set no longer has, once what replaces them is in force."""
    register = standing.register
    in_force = {entry.id for entry in register.entries if entry.in_force is not None}
    entries = [
        entry
        for entry in register.entries
        if Flag.WITHDRAWN in entry.flags
        and (entry.bound_into is None or entry.bound_into in in_force)
    ]
    if not entries:
        return None
    names = [entry.id for entry in entries if entry.approver == entries[0].approver]
    count = len(entries)
    return Step(
        f"{quantity(count, 'documents')} {'is' if count == 1 else 'are'} in force and no longer in "
        "the set",
        f"policygen approve {' '.join(names[:_SHOWN])} --retire --reason TEXT --as PERSON",
    )


def _sealing(standing: Standing) -> Step | None:
    if not standing.unsealed:
        return None
    count = len(standing.unsealed)
    if not standing.has_sealing_key:
        return Step("Approved PDFs wait for your organization's seal", "policygen keys init")
    verb = "waits" if count == 1 else "wait"
    return Step(f"{quantity(count, 'approved PDFs')} {verb} for the seal", "policygen seal")


def _calendar(standing: Standing) -> Step:
    entries = [entry for entry in standing.register.entries if entry.next_review is not None]
    overdue = [entry.id for entry in entries if Flag.OVERDUE in entry.flags]
    due = [entry.id for entry in entries if Flag.DUE in entry.flags]
    for names, word in ((overdue, "overdue"), (due, "due soon")):
        if names:
            return _review(names, word, standing.reviews_open)
    if not entries:
        return Step("There is nothing to do")
    soonest = min(entry.next_review for entry in entries if entry.next_review)
    return Step(
        f"Everything is in force; the next review is due on {soonest.isoformat()}",
        "policygen build && policygen serve",
    )


def _review(documents: Sequence[str], word: str, places: Mapping[str, str]) -> Step:
    """Open what is not open yet; then answer it where it is open."""
    waiting = [name for name in documents if name not in places]
    if waiting:
        return Step(
            f"Review of {quantity(len(waiting), 'documents')} is {word}",
            "policygen review open",
        )
    is_word = f"Review of {quantity(len(documents), 'documents')} is {word} and open"
    branches = sorted({places[name] for name in documents if not places[name].endswith(".yml")})
    if branches:
        return Step(
            f"{is_word} in {_listed(branches)}: fill in the checklist and merge its branch",
            f"git switch {branches[0]}",
        )
    return Step(f"{is_word}; fill in the checklist", "policygen review check")


def _ve(people: Sequence[str]) -> str:
    return "s" if len(people) == 1 else "ve"


def _listed(people: Sequence[str]) -> str:
    if len(people) <= _SHOWN:
        return " and ".join(people)
    return f"{', '.join(people[:_SHOWN])} and {len(people) - _SHOWN} more"
