"""Reading recordings: each is as its index says, to the byte, or it counts for nothing."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from policygen.forge.recordings import INDEX, SCHEMA, UNCHANGED, Answer, Recording, speaks_for
from policygen.forge.replies import Reply, ReplyError, read_json
from policygen.model.forge import ForgeKind
from policygen.problems import Location, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_KEYS = frozenset(
    {"api", "branch", "folder", "host", "kind", "recorded_at", "repository", "responses",
     "schema", "subject", "tool"}
)  # fmt: skip


def read_recordings(
    files: Mapping[str, bytes], only: Iterable[str] | None = None
) -> tuple[tuple[Recording, ...], tuple[Problem, ...]]:
    """Every recording that is as its index says, oldest first, and what is wrong with the rest.

    Args:
        files: Everything under `evidence/`, by path below it.
        only: Paths of the indexes to read; None means all.
    """
    wanted = only if only is not None else (path for path in files if _is_index(path))
    recordings: list[Recording] = []
    problems: list[Problem] = []
    for path in sorted(set(wanted)):
        try:
            recordings.append(_read(path, files))
        except ReplyError as error:
            problems.append(
                Problem(
                    code="forge-recording-broken",
                    location=Location(f"evidence/{path}"),
                    message=f"the recording is not as it was made: {error}",
                    hint="Restore the committed files; a recording is never edited.",
                )
            )
    return tuple(sorted(recordings, key=lambda item: (item.recorded_at, item.index))), tuple(
        problems
    )


def _is_index(path: str) -> bool:
    return path.startswith("forge/") and path.endswith("/" + INDEX)


def _read(path: str, files: Mapping[str, bytes]) -> Recording:
    if path not in files:
        raise ReplyError("its index is missing")
    value = read_json(files[path])
    if not isinstance(value, dict) or value.keys() != _KEYS or value["schema"] != SCHEMA:
        raise ReplyError(f"its index is not of the form {SCHEMA}")
    head = Reply(value, "the index")
    answers = tuple(_answer(item, files) for item in head.items("responses"))
    recorded_at = head.moment("recorded_at")
    if recorded_at is None:
        raise ReplyError("its index does not say when it was made")
    recording = Recording(
        kind=_kind(head.text("kind")),
        host=head.needed_text("host"),
        api=head.needed_text("api"),
        repository=head.needed_text("repository"),
        subject=head.needed_text("subject"),
        branch=head.needed_text("branch"),
        folder=head.text("folder"),
        recorded_at=recorded_at,
        tool=head.needed_text("tool"),
        answers=answers,
        bodies={answer.file: files[answer.file] for answer in answers},
    )
    _check(path, recording, files[path])
    return recording


def _check(path: str, recording: Recording, data: bytes) -> None:
    if recording.index != path:
        raise ReplyError(f"it belongs into {recording.index}")
    if recording.write_index() != data:
        raise ReplyError("its index is not written as policygen writes it")
    if not speaks_for(recording.api, recording.host):
        raise ReplyError(f"{recording.api} does not speak for {recording.host}")
    around = recording.place.rsplit("/", 2)[0] + "/"
    for answer in recording.answers:
        if not answer.url.startswith(recording.api + "/"):
            raise ReplyError(f"{answer.url} is not an answer of {recording.api}")
        inside = recording.place if answer.status != UNCHANGED else around
        if not answer.file.startswith(inside):
            raise ReplyError(f"{answer.file} is no answer of this visit")


def _answer(item: Reply, files: Mapping[str, bytes]) -> Answer:
    file, digest = item.needed_text("file"), item.needed_text("sha256")
    stored = files.get(file)
    if stored is None:
        raise ReplyError(f"{file} is missing")
    if hashlib.sha256(stored).hexdigest() != digest:
        raise ReplyError(f"{file} was changed")
    return Answer(
        url=item.needed_text("url"),
        status=item.needed_number("status"),
        etag=item.text("etag") or None,
        link=item.text("link") or None,
        next=item.text("next") or None,
        file=file,
        sha256=digest,
    )


def _kind(text: str) -> ForgeKind:
    for kind in ForgeKind:
        if kind.value == text:
            return kind
    raise ReplyError(f'"{text}" is no kind of forge')
