"""Recordings: what a forge answered, one folder a visit, with an index; never changed after.

`evidence/forge/<host>/<owner>/<repo>/<subject>/<time>/index.json` names each answer beside it by
URL, status and digest. An answer that has not changed since an earlier visit (304) points there.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from policygen.forge.replies import Reply, ReplyError, read_json, write_json
from policygen.model.evidence import RawResponse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policygen.model.forge import ForgeKind

SCHEMA = "policygen/recording/1"
INDEX = "index.json"
PAGING = frozenset({"page", "per_page", "after", "before", "cursor", "id_after", "page_token"})
"""Parts of a query that only say which page is asked for."""

FINE, UNCHANGED = 200, 304
LOOPBACK = ("127.0.0.1", "localhost", "::1")

_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answered request."""

    url: str
    status: int
    """As the forge gave it; 304 where it said that nothing had changed."""

    etag: str | None
    link: str | None
    """The Link header."""

    next: str | None
    """Address of the next page; None on the last one."""

    file: str
    """Path of the body below `evidence/`."""

    sha256: str
    """Digest of the stored body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One visit: every answer about one change, or about the rules of a branch."""

    kind: ForgeKind
    host: str
    api: str
    """Address that every request begins with."""

    repository: str
    subject: str
    """`change-42` or `rules`."""

    branch: str
    folder: str
    """Where the workspace lies in the repository, ending in a slash; empty at its root."""

    recorded_at: datetime
    tool: str
    answers: tuple[Answer, ...]
    bodies: Mapping[str, bytes]
    """Stored bodies by path below `evidence/`."""

    @property
    def place(self) -> str:
        """Folder of the visit below `evidence/`."""
        stamp = self.recorded_at.astimezone(UTC).strftime(_STAMP)
        return f"{subject_folder(self.host, self.repository, self.subject)}{stamp}/"

    @property
    def index(self) -> str:
        """Path of the index below `evidence/`."""
        return self.place + INDEX

    @property
    def change(self) -> int | None:
        """Number of the change; None for rules."""
        name, _, number = self.subject.partition("-")
        return int(number) if name == "change" and number.isdecimal() else None

    def files(self) -> dict[str, bytes]:
        """New files of this visit by path below `evidence/`, the index last."""
        own = {path: data for path, data in self.bodies.items() if path.startswith(self.place)}
        return {**own, self.index: self.write_index()}

    def write_index(self) -> bytes:
        """The bytes of the index."""
        answers = [
            {
                "etag": answer.etag,
                "file": answer.file,
                "link": answer.link,
                "next": answer.next,
                "sha256": answer.sha256,
                "status": answer.status,
                "url": answer.url,
            }
            for answer in self.answers
        ]
        return write_json(
            {
                "api": self.api,
                "branch": self.branch,
                "folder": self.folder,
                "host": self.host,
                "kind": self.kind.value,
                "recorded_at": self.recorded_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "repository": self.repository,
                "responses": answers,
                "schema": SCHEMA,
                "subject": self.subject,
                "tool": self.tool,
            }
        )

    def raw(self) -> RawResponse:
        """The index, whose digest covers every answer by the digests in it."""
        digest = hashlib.sha256(self.write_index()).hexdigest()
        return RawResponse(file=self.index, sha256=digest)

    def status(self, path: str, /, **query: str) -> int | None:
        """Status of the first answer to a request; None where it was not asked."""
        found = self._answers(path, query)
        return self._status(found[0]) if found else None

    def reply(self, path: str, /, **query: str) -> Reply:
        """The answer to a request of one page; null where there is none or it was refused.

        Raises:
            ReplyError: Its body is not JSON.
        """
        found = self._answers(path, query)
        if not found or self._status(found[0]) != FINE:
            return Reply(None, path)
        return Reply(read_json(self.bodies[found[0].file]), path)

    def pages(self, path: str, /, **query: str) -> Iterator[Reply]:
        """The items of every page of a list; none where it was asked for and refused.

        Raises:
            ReplyError: It was not asked for, or a page is missing or no JSON.
        """
        answers = self._answers(path, query)
        if not answers or not _is_first_page(answers[0].url):
            raise ReplyError(f"{path} is missing, or its first page")
        if self._status(answers[0]) != FINE:
            return
        expected: str | None = answers[0].url
        for answer in answers:
            if answer.url != expected or self._status(answer) != FINE:
                break
            yield from Reply(read_json(self.bodies[answer.file]), path).items()
            expected = answer.next
        if expected is not None:
            raise ReplyError(f"a page of {path} is missing: {expected}")

    def _status(self, answer: Answer) -> int:
        return FINE if answer.status == UNCHANGED else answer.status

    def _answers(self, path: str, query: Mapping[str, str]) -> list[Answer]:
        return [
            answer for answer in self.answers if asked(self.api, answer.url) == (path, dict(query))
        ]


def asked(api: str, url: str) -> tuple[str, dict[str, str]]:
    """Path below the interface's address and query, without what only turns pages."""
    parts = urlsplit(url)
    prefix = urlsplit(api).path.rstrip("/")
    query = {name: value for name, value in parse_qsl(parts.query) if name not in PAGING}
    return parts.path.removeprefix(prefix), query


def _is_first_page(url: str) -> bool:
    names = {name for name, _ in parse_qsl(urlsplit(url).query)}
    return not names & (PAGING - {"per_page"})


def subject_folder(host: str, repository: str, subject: str) -> str:
    """Folder of a subject's visits below `evidence/`, ending in a slash."""
    names = [host, *repository.split("/"), subject]
    return "forge/" + "".join(f"{_plain(name)}/" for name in names)


def file_name(path: str, query: Mapping[str, str], page: int) -> str:
    """Name of an answer's file, readable and unique: what was asked, and which page."""
    said = "-".join([path, *(f"{name}-{value}" for name, value in query.items())])
    slug = re.sub(r"[^A-Za-z0-9]+", "-", said).strip("-")
    if len(slug) > 100:
        slug = f"{slug[:83]}-{hashlib.sha256(said.encode()).hexdigest()[:16]}"
    return f"get-{slug}-p{page}.json"


def speaks_for(api: str, host: str) -> bool:
    """Whether an interface's address belongs to a forge: encrypted, and on the forge's own host."""
    parts = urlsplit(api)
    named = "api.github.com" if host == "github.com" else host
    plain = parts.scheme == "http" and parts.hostname in LOOPBACK
    return parts.hostname == named and (parts.scheme == "https" or plain) and not parts.username


def _plain(name: str) -> str:
    """A name as part of a path that every system and a PDF's attachments can carry."""
    slug = re.sub(r"[^A-Za-z0-9.-]+", "-", name)
    return re.sub(r"\.{2,}", ".", slug).strip(".-") or "unnamed"
