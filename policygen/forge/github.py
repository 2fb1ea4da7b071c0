"""GitHub's pull requests: effective reviews, authors and texts, from a recording alone."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from policygen.forge.authors import authors_of
from policygen.forge.redaction import digest_in, mail_digest
from policygen.forge.rendered import RENDERED_FOLDERS, below_rendered
from policygen.forge.replies import ReplyError, whole_seconds
from policygen.forge.words import words_in
from policygen.gitrepo.trailers import co_authors
from policygen.model.forge import Binding, ForgeAuthor, ForgeChange, ForgeReview, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from policygen.forge.recordings import Recording
    from policygen.forge.replies import Reply

MAX_LISTED_COMMITS = 250
"""GitHub lists no more of a pull request's commits."""

MAX_FOLDER_FILES = 1000
"""GitHub lists no more files of a folder."""

WEB_FLOW = 19864447
"""Account under which GitHub itself commits what is merged or edited in the browser."""

WEB_FLOW_MAIL = mail_digest("noreply@github.com")

_STATES = {
    "APPROVED": Outcome.APPROVED,
    "CHANGES_REQUESTED": Outcome.CHANGES_REQUESTED,
    "DISMISSED": Outcome.DISMISSED,
}
"""COMMENTED never changes a standing decision, and PENDING is nobody's word yet."""


def read_change(recording: Recording, number: int) -> ForgeChange:
    """A pull request as its recording shows it.

    Raises:
        ReplyError: The recording is incomplete, or not what GitHub documents.
    """
    base = f"/repos/{recording.repository}"
    pull = recording.reply(f"{base}/pulls/{number}")
    if pull.needed_number("number") != number:
        raise ReplyError(f"the pull request is number {pull.number('number')}")
    commits = list(recording.pages(f"{base}/pulls/{number}/commits"))
    files = list(recording.pages(f"{base}/pulls/{number}/files"))
    _refuse_cut_lists(pull, commits, files)
    timeline = list(recording.pages(f"{base}/issues/{number}/timeline"))
    merged_at = pull.moment("merged_at") if pull.flag("merged") else None
    merge_commit = pull.text("merge_commit_sha") or None
    return ForgeChange(
        recording=recording.index,
        host=recording.host,
        repository=recording.repository,
        number=number,
        recorded_at=recording.recorded_at,
        merged_at=whole_seconds(merged_at),
        merge_commit=merge_commit,
        base=pull.needed_text("base", "ref"),
        into_default=pull.text("base", "ref") == pull.needed_text("base", "repo", "default_branch"),
        changed=frozenset(_changed(files, recording.folder)),
        texts={} if merge_commit is None else texts_at(recording, merge_commit),
        reviews=tuple(
            _reviews(
                recording,
                list(recording.pages(f"{base}/pulls/{number}/reviews")),
                _dismissals(timeline),
                merged_at,
            )
        ),
        authors=authors_of(
            chain(
                _account(pull.part("user")),
                _commit_authors(commits),
                _pushers(recording, pull, commits, timeline),
            )
        ),
        raw=(recording.raw(),),
    )


def texts_at(recording: Recording, commit: str) -> dict[str, str]:
    """Blob id by path below `rendered/` at a commit.

    Raises:
        ReplyError: GitHub listed a folder only in part.
    """
    found: dict[str, str] = {}
    for folder in RENDERED_FOLDERS:
        path = f"/repos/{recording.repository}/contents/{recording.folder}{folder}"
        listed = list(recording.reply(path, ref=commit).items())
        if len(listed) >= MAX_FOLDER_FILES:
            raise ReplyError(f"{folder} has more files than GitHub lists")
        for item in listed:
            name = below_rendered(item.text("path"), recording.folder)
            if name is not None and item.text("type") == "file":
                found[name] = item.needed_text("sha")
    return found


def _refuse_cut_lists(pull: Reply, commits: Sequence[Reply], files: Sequence[Reply]) -> None:
    if len(commits) != pull.needed_number("commits") or len(commits) >= MAX_LISTED_COMMITS:
        raise ReplyError(
            f"{len(commits)} of its {pull.number('commits')} commits are known, and GitHub lists"
            f" fewer than {MAX_LISTED_COMMITS}"
        )
    if len(files) != pull.needed_number("changed_files"):
        raise ReplyError(f"{len(files)} of its {pull.number('changed_files')} files are known")


def _changed(files: Iterable[Reply], folder: str) -> Iterator[str]:
    for file in files:
        name = below_rendered(file.needed_text("filename"), folder)
        if name is not None and file.text("status") not in ("removed", "unchanged"):
            yield name


def _dismissals(timeline: Iterable[Reply]) -> dict[int, str]:
    """What happened to each dismissed review, by its id."""
    found: dict[int, str] = {}
    for event in timeline:
        number = event.number("dismissed_review", "review_id")
        if event.text("event") != "review_dismissed" or number is None:
            continue
        was = event.text("dismissed_review", "state") or "review"
        by = event.text("actor", "login") or "somebody"
        commit = event.text("dismissed_review", "dismissal_commit_id")
        how = f" by a push of {commit[:12]}" if commit else ""
        found[number] = f"{was}, dismissed by {by}{how} at {event.text('created_at')}"
    return found


def _reviews(
    recording: Recording,
    reviews: Sequence[Reply],
    dismissals: Mapping[int, str],
    merged_at: datetime | None,
) -> Iterator[ForgeReview]:
    """What each account's reviews come to, by time; each of a deleted account on its own."""
    accounts: dict[int | None, list[Reply]] = {}
    for review in reviews:
        if review.text("state") in _STATES:
            accounts.setdefault(review.number("user", "id"), []).append(review)
    deciding: list[tuple[Reply, Outcome]] = []
    for user_id, group in accounts.items():
        if user_id is None:
            deciding += [(review, Outcome.NOBODY) for review in group]
        else:
            deciding += _decision(group, merged_at)
    for review, outcome in sorted(deciding, key=lambda item: item[0].text("submitted_at")):
        yield _review(recording, review, outcome, dismissals)


def _decision(
    group: Sequence[Reply], merged_at: datetime | None
) -> Iterator[tuple[Reply, Outcome]]:
    """The last review before the merge decides; an approval after it is late, the rest is talk."""
    dated = sorted(group, key=lambda item: (item.text("submitted_at"), item.needed_number("id")))
    in_time = [review for review in dated if not _is_late(review, merged_at)]
    if in_time:
        yield in_time[-1], _outcome(in_time[-1])
    elif dated[-1].text("state") == "APPROVED":
        yield dated[-1], Outcome.LATE


def _outcome(review: Reply) -> Outcome:
    if review.text("user", "type") != "User":
        return Outcome.BOT
    outcome = _STATES[review.text("state")]
    is_bound = review.text("commit_id") and review.text("submitted_at")
    return Outcome.UNBOUND if outcome is Outcome.APPROVED and not is_bound else outcome


def _is_late(review: Reply, merged_at: datetime | None) -> bool:
    submitted_at = review.moment("submitted_at")
    return merged_at is not None and submitted_at is not None and submitted_at > merged_at


def _review(
    recording: Recording, review: Reply, outcome: Outcome, dismissals: Mapping[int, str]
) -> ForgeReview:
    number, commit = review.needed_number("id"), review.text("commit_id") or None
    kind = review.text("user", "type").lower() or "deleted account"
    detail = {
        Outcome.DISMISSED: dismissals.get(number, "dismissed"),
        Outcome.BOT: f"an account of type {kind}",
    }.get(outcome, outcome.value)
    return ForgeReview(
        review=number,
        user_id=review.number("user", "id"),
        login=review.text("user", "login") or "deleted account",
        outcome=outcome,
        detail=detail,
        submitted_at=whole_seconds(review.moment("submitted_at")),
        commit=commit,
        binding=Binding.STATED,
        texts={} if commit is None else texts_at(recording, commit),
        words=words_in(review.text("body")),
    )


def _commit_authors(commits: Iterable[Reply]) -> Iterator[ForgeAuthor]:
    for commit in commits:
        yield from _account(commit.part("author"), commit.text("commit", "author", "email"))
        yield from _account(commit.part("committer"), commit.text("commit", "committer", "email"))
        for mail in co_authors(commit.text("commit", "message")):
            yield ForgeAuthor(user_id=None, login="", mail_sha256=digest_in(mail))


def _pushers(
    recording: Recording, pull: Reply, commits: Iterable[Reply], timeline: Iterable[Reply]
) -> Iterator[ForgeAuthor]:
    """Who pushed what became the pull request, and who forced its branch elsewhere."""
    for event in timeline:
        if event.text("event") == "head_ref_force_pushed":
            yield from _account(event.part("actor"))
    if pull.number("head", "repo", "id") != pull.number("base", "repo", "id"):
        return  # a fork's pushes are not shown to us
    known = {commit.text("sha") for commit in commits} | {pull.text("head", "sha")}
    base, branch = f"/repos/{recording.repository}", f"refs/heads/{pull.text('head', 'ref')}"
    for push in recording.pages(f"{base}/activity", ref=branch):
        if push.text("after") in known:
            yield from _account(push.part("actor"))


def _account(account: Reply, mail: str = "") -> Iterator[ForgeAuthor]:
    """The person behind an account or address; nobody where it is a bot or GitHub itself."""
    digest, number = digest_in(mail), account.number("id")
    if digest == WEB_FLOW_MAIL or number == WEB_FLOW:
        return
    if number is not None and account.text("type") == "Bot":
        return
    if number is not None or digest is not None:
        yield ForgeAuthor(user_id=number, login=account.text("login"), mail_sha256=digest)
