"""A GitHub of one repository: people push, review and merge; it answers as GitHub documents."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from policygen.gitrepo.batch import object_id
from tests.forge.github_schemas import full

Object = dict[str, Any]
OPENED = datetime(2026, 2, 2, 8, 0, tzinfo=UTC)
PATH = "rendered/policies/access-control-policy.md"
ACCOUNTS = {"dana-w": 4711, "lee-p": 4712, "sam-o": 4713, "octobot[bot]": 9001, "stranger": 5555}
MAILS = {name: f"{name.partition('[')[0]}@larkfield.example" for name in ACCOUNTS}


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def account(login: str, user_id: int | None = None) -> Object:
    return full(
        "simple-user",
        login=login,
        id=ACCOUNTS[login] if user_id is None else user_id,
        type="Bot" if login.endswith("[bot]") else "User",
        avatar_url=f"https://avatars.githubusercontent.com/{login}",
        email=f"{login}@private.example",
    )


def sha(number: int) -> str:
    return f"{number:040x}"


@dataclass
class Pull:
    """One pull request with everything that happened to it."""

    number: int
    author: str
    files: list[Object] = field(default_factory=list)
    commits: list[Object] = field(default_factory=list)
    reviews: list[Object] = field(default_factory=list)
    timeline: list[Object] = field(default_factory=list)
    pushes: list[Object] = field(default_factory=list)
    head: str = ""
    merged_at: datetime | None = None
    merge_commit: str = ""
    base: str = "main"
    fork: bool = False


@dataclass
class Hub:
    """The forge; time goes on by an hour with each thing that happens."""

    repository: str = "larkfield/policies"
    pulls: dict[int, Pull] = field(default_factory=dict)
    trees: dict[str, dict[str, bytes]] = field(default_factory=dict)
    """Files by commit."""

    rules: dict[str, tuple[int, Any]] = field(default_factory=dict)
    """Answers about rules by path below the repository."""

    now: datetime = OPENED
    per_page: int | None = None
    """Fewer items on a page than asked for, so that there are several."""

    broken: set[tuple[int, str]] = field(default_factory=set)
    """Lists of pull requests that the forge fails to give."""

    count: int = 0

    def tick(self, hours: int = 1) -> datetime:
        self.now += timedelta(hours=hours)
        self.count += 1
        return self.now

    # what people do

    def open(self, number: int = 42, author: str = "sam-o", *, base: str = "main") -> Pull:
        self.tick()
        self.pulls[number] = Pull(number, author, base=base)
        return self.pulls[number]

    def push(
        self, pull: Pull, text: str, *, by: str = "sam-o", path: str = PATH, message: str = "Text",
        committer: str | None = None, status: str = "modified", **file: Any,
    ) -> str:  # fmt: skip
        """A commit that gives a file these bytes."""
        when = stamp(self.tick())
        commit = sha(1000 * pull.number + self.count)
        before = self.trees.get(pull.head, {})
        self.trees[commit] = {**before, path: text.encode()}
        signed = committer or by
        pull.commits.append(
            full(
                "commit",
                sha=commit,
                author=account(by),
                committer=full("simple-user", login="web-flow", id=19864447, type="User")
                if signed == "web-flow"
                else account(signed),
                commit={
                    "message": message,
                    "author": {"name": by, "email": MAILS[by], "date": when},
                    "committer": {
                        "name": signed,
                        "email": "noreply@github.com" if signed == "web-flow" else MAILS[signed],
                        "date": when,
                    },
                    "verification": {
                        "verified": False,
                        "reason": "unsigned",
                        "signature": None,
                        "payload": None,
                        "verified_at": None,
                    },
                },
            )
        )
        pull.files = [item for item in pull.files if item["filename"] != path]
        pull.files.append(
            full(
                "diff-entry",
                filename=path,
                status=status,
                sha=object_id("blob", text.encode(), letters=40),
                **file,
            )
        )
        pull.pushes.append(
            full(
                "activity",
                before=pull.head or sha(0),
                after=commit,
                ref=f"refs/heads/change-{pull.number}",
                timestamp=when,
                activity_type="push",
                actor=account(by),
            )
        )
        pull.head = commit
        return commit

    def force_push(self, pull: Pull, text: str, *, by: str = "sam-o", path: str = PATH) -> str:
        """History of the branch replaced by one commit."""
        pull.commits.clear()
        commit = self.push(pull, text, by=by, path=path)
        pull.pushes[-1]["activity_type"] = "force_push"
        pull.timeline.append(
            full(
                "state-change-issue-event",
                event="head_ref_force_pushed",
                actor=account(by),
                created_at=stamp(self.now),
            )
        )
        return commit

    def review(
        self, pull: Pull, by: str | None = "dana-w", state: str = "APPROVED", *, body: str = "",
        commit: str | None = "", user_id: int | None = None, login: str | None = None,
    ) -> Object:  # fmt: skip
        """A review of the newest commit."""
        at = stamp(self.tick())
        number = 80 + self.count
        user = None
        if by is not None:
            user = account(by, user_id)
            user["login"] = login or by
        link = f"https://github.com/{self.repository}/pull/{pull.number}"
        pull.reviews.append(
            full(
                "pull-request-review",
                id=number,
                user=user,
                body=body,
                state=state,
                commit_id=pull.head if commit == "" else commit,
                html_url=f"{link}#pullrequestreview-{number}",
                _links={"html": {"href": link}, "pull_request": {"href": link}},
                author_association="MEMBER",
                submitted_at=at,
            )
        )
        pull.timeline.append(
            full(
                "timeline-reviewed-event",
                event="reviewed",
                id=number,
                user=account(by or "stranger"),
                state=state.lower(),
                commit_id=pull.head,
                submitted_at=at,
                author_association="MEMBER",
            )
        )
        return pull.reviews[-1]

    def dismiss(self, pull: Pull, review: Object, *, by: str = "lee-p", push: str = "") -> None:
        """A review taken back by somebody, or by a push; GitHub overwrites its state."""
        was = review["state"].lower()
        review["state"] = "DISMISSED"
        dismissed = {"state": was, "review_id": review["id"], "dismissal_message": "stale"}
        if push:
            dismissed["dismissal_commit_id"] = push
        pull.timeline.append(
            full(
                "review-dismissed-issue-event",
                event="review_dismissed",
                actor=account(by),
                created_at=stamp(self.tick()),
                dismissed_review=dismissed,
            )
        )

    def merge(self, pull: Pull, how: str = "merge", *, tree: dict[str, bytes] | None = None) -> str:
        """The pull request merged; the commit on the branch is a new one, whatever the way."""
        pull.merged_at = self.tick()
        pull.merge_commit = sha(900000 + self.count)
        self.trees[pull.merge_commit] = self.trees[pull.head] if tree is None else tree
        if how == "queue":
            pull.timeline.append(
                full(
                    "state-change-issue-event",
                    event="added_to_merge_queue",
                    actor=account("sam-o"),
                    created_at=stamp(self.now),
                )
            )
        return pull.merge_commit

    # what GitHub answers

    def answer(self, url: str) -> tuple[int, Any, dict[str, str]]:
        """Status, value and headers of a GET request."""
        parts = urlsplit(url)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        base = f"/repos/{self.repository}/"
        path = unquote(parts.path)
        if not path.startswith(base):
            return 404, {"message": "Not Found"}, {}
        status, value = self._value(path.removeprefix(base), query)
        if (
            status == 200
            and isinstance(value, list)
            and not path.removeprefix(base).startswith("contents/")
        ):
            return self._page(url, value, query)
        return status, value, {}

    def _page(
        self, url: str, items: list[Any], query: dict[str, str]
    ) -> tuple[int, Any, dict[str, str]]:
        size = min(self.per_page or 100, int(query.get("per_page", "30")))
        page = int(query.get("page", "1"))
        start = (page - 1) * size
        headers = {}
        if start + size < len(items):
            rest = {name: value for name, value in query.items() if name != "page"}
            further = f"{url.partition('?')[0]}?{urlencode({**rest, 'page': str(page + 1)})}"
            headers["link"] = f'<{further}>; rel="next", <{further}>; rel="last"'
        return 200, items[start : start + size], headers

    def _value(self, path: str, query: dict[str, str]) -> tuple[int, Any]:
        kind, _, rest = path.partition("/")
        if kind == "pulls" and not rest:
            return 200, [self._listed(pull) for pull in self.pulls.values()]
        if kind in ("pulls", "issues"):
            number, _, part = rest.partition("/")
            pull = self.pulls.get(int(number))
            return (404, {"message": "Not Found"}) if pull is None else self._of_pull(pull, part)
        if kind == "contents":
            return self._contents(rest, query["ref"])
        if kind == "activity":
            return 200, [
                push for pull in self.pulls.values() for push in pull.pushes
                if push["ref"] == query["ref"]
            ]  # fmt: skip
        return self.rules.get(path, (404, {"message": "Not Found"}))

    def _of_pull(self, pull: Pull, part: str) -> tuple[int, Any]:
        if (pull.number, part) in self.broken:
            return 451, {"message": "Unavailable"}
        lists = {
            "reviews": pull.reviews, "commits": pull.commits, "files": pull.files,
            "timeline": pull.timeline,
        }  # fmt: skip
        return 200, lists[part] if part else self.pull_object(pull)

    def _repository(self, number: int) -> Object:
        return full("repository", id=number, full_name=self.repository, default_branch="main")

    def pull_object(self, pull: Pull) -> Object:
        merged = pull.merged_at is not None
        return full(
            "pull-request",
            number=pull.number,
            state="closed" if merged else "open",
            merged=merged,
            merged_at=stamp(pull.merged_at) if pull.merged_at else None,
            merged_by=account("lee-p") if merged else None,
            merge_commit_sha=pull.merge_commit or sha(7),
            user=account(pull.author),
            head={
                "sha": pull.head,
                "ref": f"change-{pull.number}",
                "repo": self._repository(2 if pull.fork else 1),
            },
            base={"sha": sha(1), "ref": pull.base, "repo": self._repository(1)},
            commits=len(pull.commits),
            changed_files=len(pull.files),
            author_association="MEMBER",
        )

    def _listed(self, pull: Pull) -> Object:
        merged_at = stamp(pull.merged_at) if pull.merged_at else None
        return full(
            "pull-request-simple",
            number=pull.number,
            state="closed" if merged_at else "open",
            merged_at=merged_at,
            updated_at=merged_at or stamp(self.now),
            user=account(pull.author),
        )

    def _contents(self, folder: str, commit: str) -> tuple[int, Any]:
        inside = {
            path: data
            for path, data in self.trees.get(commit, {}).items()
            if path.rpartition("/")[0] == folder
        }
        if not inside:
            return 404, {"message": f"No commit found for the ref {commit}"}
        return 200, [
            {
                **full("content-file"),
                "name": path.rpartition("/")[2],
                "path": path,
                "type": "file",
                "size": len(data),
                "sha": object_id("blob", data, letters=40),
            }
            for path, data in inside.items()
        ]


def body_of(value: Any) -> bytes:
    """An answer's body; GitHub sends it on one line."""
    return json.dumps(value).encode()
