"""Visits: asking a forge about one subject, page by page, and keeping every answer."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from policygen.forge.recordings import (
    FINE,
    UNCHANGED,
    Answer,
    Recording,
    asked,
    file_name,
    subject_folder,
)
from policygen.forge.redaction import redacted
from policygen.forge.replies import Reply, ReplyError, read_json, write_json
from policygen.model.forge import ForgeKind
from policygen.problems import PolicygenError, refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime

    from policygen.forge.exchange import Exchange, Response

MAX_PAGES = 200
PER_PAGE = "100"
_NEXT = re.compile(r'<([^<>]+)>\s*;[^,]*\brel="?next"?')


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """What is asked about."""

    kind: ForgeKind
    host: str
    api: str
    name: str
    """`owner/name`; of GitLab the whole path of groups."""

    branch: str
    folder: str
    """Where the workspace lies in it, ending in a slash; empty at its root."""

    @property
    def base(self) -> str:
        """What paths about the repository begin with."""
        if self.kind is ForgeKind.GITHUB:
            return f"/repos/{self.name}"
        return f"/projects/{quote(self.name, safe='')}"


@dataclass
class Visit:
    """One visit in progress: asks, and gathers what a recording holds."""

    repository: Repository
    subject: str
    exchange: Exchange
    recorded_at: datetime
    tool: str
    earlier: Recording | None = None
    """The visit before, whose answers count where the forge says that nothing changed."""

    answers: list[Answer] = field(default_factory=list)
    bodies: dict[str, bytes] = field(default_factory=dict)

    def reply(
        self, path: str, query: Mapping[str, str] | None = None, allowed: Collection[int] = ()
    ) -> Reply:
        """The answer to a request of one page; null where it was refused as allowed.

        Args:
            path: Below the interface's address.
            query: What is asked.
            allowed: Refusals that are an answer too, e.g. 404 where there is no protection.

        Raises:
            PolicygenError: The forge refuses or cannot be reached.
        """
        return self._ask(self._url(path, query or {}), 1, allowed)

    def pages(
        self, path: str, query: Mapping[str, str] | None = None, allowed: Collection[int] = ()
    ) -> list[Reply]:
        """The items of every page of a list, all of which are recorded.

        Raises:
            PolicygenError: The forge refuses, cannot be reached, or the list has no end.
        """
        return self.pages_until(path, query, lambda _: False, allowed)

    def pages_until(
        self,
        path: str,
        query: Mapping[str, str] | None,
        is_past: Callable[[Reply], bool],
        allowed: Collection[int] = (),
    ) -> list[Reply]:
        """The items of a list up to the page whose last item is past what is wanted."""
        url: str | None = self._url(path, {**(query or {}), "per_page": PER_PAGE})
        items: list[Reply] = []
        for page in range(1, MAX_PAGES + 1):
            assert url is not None, "the loop ends with the last page"
            items += self._ask(url, page, allowed).items()
            url = self.answers[-1].next
            if url is None or (items and is_past(items[-1])):
                return items
        raise refusal(
            "forge-unavailable",
            f"{path} has more than {MAX_PAGES} pages",
            "Fetch from a later day on with --since, and split a change that is so large.",
        )

    def recording(self) -> Recording:
        """What was asked and answered so far."""
        return Recording(
            kind=self.repository.kind,
            host=self.repository.host,
            api=self.repository.api,
            repository=self.repository.name,
            subject=self.subject,
            branch=self.repository.branch,
            folder=self.repository.folder,
            recorded_at=self.recorded_at,
            tool=self.tool,
            answers=tuple(self.answers),
            bodies=self.bodies,
        )

    @property
    def found_news(self) -> bool:
        """Whether anything differs from the visit before."""
        before = {} if self.earlier is None else {a.url: a.sha256 for a in self.earlier.answers}
        return {answer.url: answer.sha256 for answer in self.answers} != before

    def _url(self, path: str, query: Mapping[str, str]) -> str:
        return f"{self.repository.api}{path}" + (f"?{urlencode(query)}" if query else "")

    def _ask(self, url: str, page: int, allowed: Collection[int]) -> Reply:
        known = self._known(url)
        response = self.exchange.get(url, known.etag if known else None)
        if response.url != url:
            raise refusal(
                "forge-redirect-refused",
                f"{self.repository.host} calls {self.repository.name} by another name now",
                "Name the repository as it is called now in organization.yml, the old name as"
                " earlier.",
            )
        if response.status == UNCHANGED and known is not None and self.earlier is not None:
            data = self.earlier.bodies[known.file]
            answer = Answer(
                url=url,
                status=UNCHANGED,
                etag=known.etag,
                link=known.link,
                next=known.next,
                file=known.file,
                sha256=known.sha256,
            )
        elif response.status == FINE or response.status in allowed:
            answer, data = self._new(url, response, page)
        else:
            raise self._refused(url, response.status)
        self.answers.append(answer)
        self.bodies[answer.file] = data
        refused = response.status not in (FINE, UNCHANGED)
        return Reply(None if refused else read_json(data), asked(self.repository.api, url)[0])

    def _known(self, url: str) -> Answer | None:
        answers = () if self.earlier is None else self.earlier.answers
        return next(
            (found for found in answers if found.url == url and found.etag and _was_fine(found)),
            None,
        )

    def _new(self, url: str, response: Response, page: int) -> tuple[Answer, bytes]:
        path, query = asked(self.repository.api, url)
        try:
            body = redacted(read_json(response.body)) if response.body else None
        except ReplyError as error:
            if response.status == FINE:
                message = f"{path} was answered with something else: {error}"
                hint = "Check the host in organization.yml; something else may answer in its place."
                raise refusal("forge-unavailable", message, hint) from error
            body = None
        data = write_json(body)
        folder = self.recording().place
        headers = response.headers
        return Answer(
            url=url,
            status=response.status,
            etag=headers.get("etag"),
            link=headers.get("link"),
            next=_next_page(url, headers),
            file=folder + file_name(path.removeprefix(self.repository.base), query, page),
            sha256=hashlib.sha256(data).hexdigest(),
        ), data

    def _refused(self, url: str, status: int) -> PolicygenError:
        path = asked(self.repository.api, url)[0]
        host = self.repository.host
        if status == 401:
            return refusal(
                "forge-token-refused",
                f"{host} does not accept the token",
                "Make a new one with the scopes in docs/forges.md; the old one may have expired.",
            )
        return refusal(
            "forge-refused",
            f"{host} answers {status} to {path}",
            "Check repository and number, and that the token may read them (docs/forges.md).",
        )


def subject_visits(
    repository: Repository, subject: str, recordings: Collection[Recording]
) -> list[Recording]:
    """Earlier visits to a subject, oldest first."""
    folder = subject_folder(repository.host, repository.name, subject)
    return [found for found in recordings if found.index.startswith(folder)]


def _was_fine(answer: Answer) -> bool:
    return answer.status in (FINE, UNCHANGED)


def _next_page(url: str, headers: Mapping[str, str]) -> str | None:
    """Address of the next page: GitLab counts pages, GitHub links them."""
    number = headers.get("x-next-page", "")
    if number.isdecimal():
        parts = urlsplit(url)
        query = [(name, value) for name, value in parse_qsl(parts.query) if name != "page"]
        return urlunsplit(parts._replace(query=urlencode([*query, ("page", number)])))
    found = _NEXT.search(headers.get("link", ""))
    return found[1] if found else None
