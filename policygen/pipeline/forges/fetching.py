"""Fetching: what a forge says about merged changes and branch rules, written down as recordings."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from policygen import atomic
from policygen.forge import github_visits, gitlab_visits
from policygen.forge.changes import read_change
from policygen.forge.exchange import Exchange
from policygen.forge.reading import read_recordings
from policygen.forge.recordings import speaks_for
from policygen.forge.replies import ReplyError
from policygen.forge.rules import SUBJECT
from policygen.forge.visits import Repository, Visit, subject_visits
from policygen.gitrepo.repository import open_repository
from policygen.history.records.evidence import read_evidence
from policygen.load.profile.profile import load_profile
from policygen.model.forge import ForgeKind
from policygen.problems import Location, PolicygenError, Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from policygen.forge.recordings import Recording
    from policygen.model.profile.forge import Forge

LOOK_BACK = timedelta(days=31)
"""How far back merged changes are looked for where nobody says since when."""

RULES_AGE = timedelta(days=7)
"""After so long the rules are recorded again even where nothing changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest:
    """What somebody asks to record."""

    changes: Sequence[int]
    """Numbers of pull or merge requests; none means all that were merged lately."""

    since: datetime | None
    api: str | None
    """Address of the interface, where it is not the usual one."""

    token: str
    tool: str
    now: Callable[[], datetime]
    wait: Callable[[float], None]
    tell: Callable[[str], None]


def forge_of(root: Path) -> Forge:
    """The forge that the profile names.

    Raises:
        UsageError: It names none.
        PolicygenError: The profile cannot be read.
    """
    profile, _, problems = load_profile(root)
    if profile is None:
        raise PolicygenError(*problems)
    forge = profile.forge
    if forge is None:
        raise UsageError(
            Problem(
                code="forge-not-configured",
                location=Location("organization.yml"),
                message="organization.yml names no forge",
                hint="Add e.g. forge: {kind: github, host: github.com, repository: owner/name}.",
            )
        )
    return forge


def fetch(root: Path, request: FetchRequest) -> Iterator[str]:
    """Record merged changes that touch documents, and the rules of the branch; a line for each.

    Each recording is written whole as soon as it is complete, so that a fetch that is broken off
    loses nothing and the next one goes on where it stopped.

    Raises:
        PolicygenError: The forge refuses or cannot be reached; what was recorded stays.
    """
    repository = _repository(root, request)
    found, _ = read_recordings(read_evidence(root / "evidence").files)
    desk = _Desk(root, request, repository, found)
    yield from desk.record_rules()
    numbers = request.changes or desk.merged_changes()
    for number in numbers:
        yield from desk.record_change(number)


class _Asking(Protocol):
    """What is asked of one kind of forge; its module does it."""

    def record_rules(self, visit: Visit) -> None: ...

    def record_change(self, visit: Visit, number: int) -> None: ...

    def merged_changes(self, visit: Visit, since: datetime) -> Iterator[int]: ...

    def touches_documents(self, visit: Visit, number: int) -> bool: ...


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where one fetch works."""

    root: Path
    request: FetchRequest
    repository: Repository
    recordings: Sequence[Recording]

    def record_rules(self) -> Iterator[str]:
        visit = self._visit(SUBJECT)
        with _as_documented("branch rules"):
            _asking(self.repository).record_rules(visit)
        is_due = visit.earlier is None or (
            visit.recorded_at - visit.earlier.recorded_at >= RULES_AGE
        )
        if is_due or visit.found_news:
            yield self._write(visit)
        else:
            yield "branch rules: as recorded"

    def merged_changes(self) -> list[int]:
        """Merged changes that touch documents and are not recorded yet, oldest first."""
        since = self.request.since or self.request.now() - LOOK_BACK
        asking = _asking(self.repository)
        with _as_documented("the list of changes"):
            return [
                number
                for number in sorted(asking.merged_changes(self._visit("list"), since))
                if not subject_visits(self.repository, f"change-{number}", self.recordings)
                and asking.touches_documents(self._visit("list"), number)
            ]

    def record_change(self, number: int) -> Iterator[str]:
        visit = self._visit(f"change-{number}")
        with _as_documented(f"change {number}"):
            _asking(self.repository).record_change(visit, number)
            change = read_change(visit.recording(), number)
        if change.merged_at is None:
            yield f"change {number}: not merged, so nothing is recorded yet"
        elif not change.changed:
            yield f"change {number}: touches no document"
        elif visit.found_news:
            yield self._write(visit)
        else:
            yield f"change {number}: as recorded"

    def _visit(self, subject: str) -> Visit:
        earlier = subject_visits(self.repository, subject, self.recordings)
        return Visit(
            repository=self.repository,
            subject=subject,
            exchange=Exchange(
                api=self.repository.api,
                headers=_headers(self.repository.kind, self.request.token),
                now=self.request.now,
                wait=self.request.wait,
                tell=self.request.tell,
            ),
            recorded_at=self.request.now(),
            tool=self.request.tool,
            earlier=earlier[-1] if earlier else None,
        )

    def _write(self, visit: Visit) -> str:
        recording = visit.recording()
        place = recording.place
        files = {path.removeprefix(place): data for path, data in recording.files().items()}
        try:
            atomic.create_folder(self.root / "evidence" / place.rstrip("/"), files)
        except FileExistsError as error:
            message = "a recording of this second is there already"
            raise PolicygenError(_problem("record-in-the-way", message)) from error
        return f"evidence/{place}"


def _repository(root: Path, request: FetchRequest) -> Repository:
    forge = forge_of(root)
    kind = ForgeKind(forge.kind)
    api = (request.api or _usual_api(kind, forge.host)).rstrip("/")
    if not speaks_for(api, forge.host):
        raise UsageError(
            _problem(
                "forge-not-encrypted",
                f"{api} is not an https address of {forge.host}",
                "The token is sent to the forge's own host only, and encrypted.",
            )
        )
    git = open_repository(root)
    inside = "" if git is None else root.resolve().relative_to(git.layout.top).as_posix()
    return Repository(
        kind=kind,
        host=forge.host,
        api=api,
        name=forge.repository,
        branch=forge.branch,
        folder="" if inside in ("", ".") else f"{inside}/",
    )


@contextmanager
def _as_documented(what: str) -> Iterator[None]:
    """Tells where a forge answers something else than it documents."""
    try:
        yield
    except ReplyError as error:
        message = f"{what} cannot be recorded: {error}"
        raise PolicygenError(_problem("forge-recording-incomplete", message)) from error


def _usual_api(kind: ForgeKind, host: str) -> str:
    if kind is ForgeKind.GITLAB:
        return f"https://{host}/api/v4"
    return "https://api.github.com" if host == "github.com" else f"https://{host}/api/v3"


def _headers(kind: ForgeKind, token: str) -> Mapping[str, str]:
    if kind is ForgeKind.GITLAB:
        return {**gitlab_visits.HEADERS, "PRIVATE-TOKEN": token}
    return {**github_visits.HEADERS, "Authorization": f"Bearer {token}"}


def _asking(repository: Repository) -> _Asking:
    return github_visits if repository.kind is ForgeKind.GITHUB else gitlab_visits


def _problem(code: str, message: str, hint: str | None = None) -> Problem:
    return Problem(code=code, message=message, hint=hint)
