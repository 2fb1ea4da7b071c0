"""GitLab's merge requests: effective approvals, authors and texts, from a recording alone.

GitLab keeps approvals as a set of accounts. When one was given is read from the approval or from
the note that GitLab writes; what was approved is the newest version of the change at that time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING
from urllib.parse import quote

from policygen.forge.authors import authors_of
from policygen.forge.gitlab_visits import NOTES
from policygen.forge.redaction import digest_in
from policygen.forge.rendered import RENDERED_FOLDERS, below_rendered
from policygen.forge.replies import ReplyError, whole_seconds
from policygen.gitrepo.trailers import co_authors
from policygen.model.forge import Binding, ForgeAuthor, ForgeChange, ForgeReview, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from policygen.forge.recordings import Recording
    from policygen.forge.replies import Reply

_NOTES = {
    "approved this merge request": Outcome.APPROVED,
    "unapproved this merge request": Outcome.DISMISSED,
    "requested changes": Outcome.CHANGES_REQUESTED,
}
"""What GitLab notes when somebody decides."""

_PUSHED = re.compile(r"added \d+ (?:new )?commits?\b")
_BOT = re.compile(r"(?:project|group)_\d+_bot(?:_|$|\d)")


def read_change(recording: Recording, number: int) -> ForgeChange:
    """A merge request as its recording shows it.

    Raises:
        ReplyError: The recording is incomplete, or not what GitLab documents.
    """
    base = f"/projects/{quote(recording.repository, safe='')}"
    here = f"{base}/merge_requests/{number}"
    merge = recording.reply(here)
    if merge.needed_number("iid") != number:
        raise ReplyError(f"the merge request is number {merge.number('iid')}")
    notes = [note for note in recording.pages(f"{here}/notes", **NOTES) if note.flag("system")]
    diffs = list(recording.pages(f"{here}/diffs"))
    if merge.needed_text("changes_count") != str(len(diffs)):
        raise ReplyError(f"{len(diffs)} of its {merge.text('changes_count')} files are known")
    merged_at = merge.moment("merged_at") if merge.text("state") == "merged" else None
    merge_commit = (
        merge.text("merge_commit_sha") or merge.text("squash_commit_sha") or merge.text("sha")
    )
    target = merge.needed_text("target_branch")
    return ForgeChange(
        recording=recording.index,
        host=recording.host,
        repository=recording.repository,
        number=number,
        recorded_at=recording.recorded_at,
        merged_at=whole_seconds(merged_at),
        merge_commit=merge_commit or None,
        base=target,
        into_default=target == recording.reply(base).needed_text("default_branch"),
        changed=frozenset(_changed(diffs, recording.folder)),
        texts=texts_at(recording, merge_commit) if merge_commit else {},
        reviews=tuple(_reviews(recording, here, notes, merged_at)),
        authors=authors_of(
            chain(
                _account(merge.part("author")),
                _commit_authors(recording.pages(f"{here}/commits")),
                *(_account(note.part("author")) for note in notes if _is_push(note)),
            )
        ),
        raw=(recording.raw(),),
    )


def texts_at(recording: Recording, commit: str) -> dict[str, str]:
    """Blob id by path below `rendered/` at a commit.

    Raises:
        ReplyError: A page of a folder is missing.
    """
    base = f"/projects/{quote(recording.repository, safe='')}"
    found: dict[str, str] = {}
    for folder in RENDERED_FOLDERS:
        path = f"{recording.folder}{folder}"
        for item in recording.pages(f"{base}/repository/tree", path=path, ref=commit):
            name = below_rendered(item.text("path"), recording.folder)
            if name is not None and item.text("type") == "blob":
                found[name] = item.needed_text("id")
    return found


def _changed(diffs: Iterable[Reply], folder: str) -> Iterator[str]:
    for diff in diffs:
        name = below_rendered(diff.needed_text("new_path"), folder)
        if name is not None and not diff.flag("deleted_file"):
            yield name


@dataclass(frozen=True, slots=True)
class _Voice:
    """Everything that GitLab says of one account's part in a merge request."""

    number: int
    notes: Sequence[Reply]
    """What it decided, by time."""

    approval: Reply | None
    """Its place among the approvals that stand."""

    objection: Reply | None
    """Its place among the reviewers who want changes."""

    @property
    def account(self) -> Reply:
        """The account itself, from wherever it is named."""
        named = self.approval or self.objection
        return self.notes[-1].part("author") if named is None else named.part("user")


def _reviews(
    recording: Recording, here: str, notes: Sequence[Reply], merged_at: datetime | None
) -> Iterator[ForgeReview]:
    """What each account's approvals come to, by time; a deleted account's on its own."""
    approvals = list(recording.reply(f"{here}/approvals").items("approved_by"))
    found = [_nobody() for approval in approvals if approval.number("user", "id") is None]
    versions = list(recording.pages(f"{here}/versions"))
    for voice in _voices(recording, here, notes, approvals):
        review = _review(recording, voice, versions, merged_at)
        if review is not None:
            found.append(review)
    yield from sorted(found, key=lambda review: review.submitted_at or recording.recorded_at)


def _voices(
    recording: Recording, here: str, notes: Sequence[Reply], approvals: Iterable[Reply]
) -> Iterator[_Voice]:
    deciding = [note for note in notes if note.text("body") in _NOTES]
    wanting = recording.pages(f"{here}/reviewers")
    standing = {approval.number("user", "id"): approval for approval in approvals}
    objecting = {
        reviewer.number("user", "id"): reviewer
        for reviewer in wanting
        if reviewer.text("state") == "requested_changes"
    }
    speaking = {note.number("author", "id") for note in deciding}
    for number in sorted({*standing, *objecting, *speaking} - {None}, key=lambda item: item or 0):
        if number is not None:
            own = [note for note in deciding if note.number("author", "id") == number]
            yield _Voice(number, own, standing.get(number), objecting.get(number))


def _review(
    recording: Recording, voice: _Voice, versions: Iterable[Reply], merged_at: datetime | None
) -> ForgeReview | None:
    approved_at, note = _approved_at(voice.approval, voice.notes)
    outcome = _outcome(voice, approved_at, merged_at)
    if outcome is None:
        return None
    commit = None if approved_at is None else _version_at(versions, approved_at)
    if voice.approval is not None and recording.status(f"/users/{voice.number}") is None:
        raise ReplyError(f"nothing says whether account {voice.number} is a person's")
    if _is_bot(recording, voice.account):
        outcome = Outcome.BOT
    elif outcome is Outcome.APPROVED and commit is None:
        outcome = Outcome.UNBOUND
    return ForgeReview(
        review=0 if note is None else note.needed_number("id"),
        user_id=voice.number,
        login=voice.account.needed_text("username"),
        outcome=outcome,
        detail=_DETAILS.get(outcome, outcome.value),
        submitted_at=whole_seconds(_decided_at(approved_at, voice.notes)),
        commit=commit,
        binding=Binding.INFERRED,
        texts={} if commit is None else texts_at(recording, commit),
    )


_DETAILS: Mapping[Outcome, str] = {
    Outcome.DISMISSED: "the approval was taken back, or fell with a push",
    Outcome.BOT: "an access token's or a bot's account",
}


def _outcome(
    voice: _Voice, approved_at: datetime | None, merged_at: datetime | None
) -> Outcome | None:
    """What an account's approvals come to at the merge; None where it spoke after it only."""
    said = [
        (_NOTES[note.text("body")], _is_late(note.moment("created_at"), merged_at))
        for note in voice.notes
    ]
    before = [word for word, is_late in said if not is_late]
    last = before[-1] if before else None
    # The state of a reviewer has no time; where there is a note about it, that one decides.
    is_noted = any(word is Outcome.CHANGES_REQUESTED for word, _ in said)
    if last is Outcome.CHANGES_REQUESTED or (voice.objection is not None and not is_noted):
        return Outcome.CHANGES_REQUESTED
    if voice.approval is None:
        return None if last is None else Outcome.DISMISSED
    if last is Outcome.DISMISSED:
        return Outcome.DISMISSED
    if approved_at is None:
        return Outcome.UNBOUND
    return Outcome.LATE if _is_late(approved_at, merged_at) else Outcome.APPROVED


def _is_late(moment: datetime | None, merged_at: datetime | None) -> bool:
    return moment is not None and merged_at is not None and moment > merged_at


def _approved_at(
    approval: Reply | None, notes: Sequence[Reply]
) -> tuple[datetime | None, Reply | None]:
    """When an approval was given, and the note about it; None where GitLab does not say."""
    approving = [note for note in notes if _NOTES[note.text("body")] is Outcome.APPROVED]
    note = approving[-1] if approving else None
    stated = None
    if approval is not None:
        stated = approval.moment("approved_at") or approval.moment("user", "approved_at")
    if stated is None and note is not None:
        stated = note.moment("created_at")
    return stated, note


def _decided_at(approved_at: datetime | None, notes: Sequence[Reply]) -> datetime | None:
    return approved_at or (notes[-1].moment("created_at") if notes else None)


def _version_at(versions: Iterable[Reply], moment: datetime) -> str | None:
    """Head of the newest version of the change at a moment; None before the first."""
    known = [
        (created_at, version.needed_text("head_commit_sha"))
        for version in versions
        if (created_at := version.moment("created_at")) is not None and created_at <= moment
    ]
    return max(known)[1] if known else None


def _is_bot(recording: Recording, account: Reply) -> bool:
    number, name = account.needed_number("id"), account.text("username")
    return bool(recording.reply(f"/users/{number}").flag("bot") or _BOT.match(name))


def _nobody() -> ForgeReview:
    return ForgeReview(
        review=0,
        user_id=None,
        login="deleted account",
        outcome=Outcome.NOBODY,
        detail=Outcome.NOBODY.value,
        submitted_at=None,
        commit=None,
        binding=Binding.INFERRED,
        texts={},
    )


def _is_push(note: Reply) -> bool:
    return bool(_PUSHED.match(note.text("body")))


def _commit_authors(commits: Iterable[Reply]) -> Iterator[ForgeAuthor]:
    for commit in commits:
        mails = [commit.text("author_email"), commit.text("committer_email")]
        for mail in (*mails, *co_authors(commit.text("message"))):
            digest = digest_in(mail)
            if digest is not None:
                yield ForgeAuthor(user_id=None, login="", mail_sha256=digest)


def _account(account: Reply) -> Iterator[ForgeAuthor]:
    number = account.number("id")
    if number is not None and not _BOT.match(account.text("username")):
        yield ForgeAuthor(user_id=number, login=account.text("username"), mail_sha256=None)
