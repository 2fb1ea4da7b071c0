"""A GitLab of one project: people push, approve and merge; it answers as GitLab documents."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from policygen.gitrepo.batch import object_id
from tests.forge.hub import ACCOUNTS, MAILS, OPENED, PATH, sha

Object = dict[str, Any]


def stamp(moment: datetime) -> str:
    """GitLab gives milliseconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def account(login: str, user_id: int | None = None) -> Object:
    return {
        "id": ACCOUNTS.get(login, 9100) if user_id is None else user_id,
        "username": login,
        "public_email": f"{login}@private.example",
        "name": login.title(),
        "state": "active",
        "locked": False,
        "avatar_url": f"https://www.gravatar.com/avatar/{login}",
        "web_url": f"https://git.larkfield.example/{login}",
    }


@dataclass
class Merge:
    """One merge request with everything that happened to it."""

    number: int
    author: str
    target: str = "main"
    approved_by: list[Object] = field(default_factory=list)
    notes: list[Object] = field(default_factory=list)
    versions: list[Object] = field(default_factory=list)
    commits: list[Object] = field(default_factory=list)
    diffs: dict[str, Object] = field(default_factory=dict)
    reviewers: list[Object] = field(default_factory=list)
    head: str = ""
    merged_at: datetime | None = None
    merge_commit: str | None = None
    squash_commit: str | None = None


@dataclass
class Lab:
    """The forge; time goes on by an hour with each thing that happens."""

    repository: str = "larkfield/legal/policies"
    merges: dict[int, Merge] = field(default_factory=dict)
    trees: dict[str, dict[str, bytes]] = field(default_factory=dict)
    bots: set[int] = field(default_factory=set)
    rules: dict[str, tuple[int, Any]] = field(default_factory=dict)
    now: datetime = OPENED
    per_page: int = 100
    states_times: bool = True
    """Whether approvals say when they were given, as newer servers do."""

    count: int = 0

    def tick(self) -> datetime:
        self.now += timedelta(hours=1)
        self.count += 1
        return self.now

    # what people do

    def open(self, number: int = 42, author: str = "sam-o", *, target: str = "main") -> Merge:
        self.tick()
        self.merges[number] = Merge(number, author, target=target)
        return self.merges[number]

    def push(
        self, merge: Merge, text: str, *, by: str = "sam-o", pusher: str | None = None,
        path: str = PATH, message: str = "Text",
    ) -> str:  # fmt: skip
        at = self.tick()
        commit = sha(1000 * merge.number + self.count)
        self.trees[commit] = {**self.trees.get(merge.head, {}), path: text.encode()}
        merge.commits.append(
            {
                "id": commit,
                "short_id": commit[:8],
                "title": message.partition("\n")[0],
                "message": message,
                "created_at": stamp(at),
                "author_name": by,
                "author_email": MAILS[by],
                "authored_date": stamp(at),
                "committer_name": by,
                "committer_email": MAILS[by],
                "committed_date": stamp(at),
            }
        )
        merge.versions.insert(
            0,
            {
                "id": 110 + self.count,
                "head_commit_sha": commit,
                "base_commit_sha": sha(1),
                "start_commit_sha": sha(1),
                "created_at": stamp(at),
                "merge_request_id": 1000 + merge.number,
                "state": "collected",
                "real_size": "1",
                "patch_id_sha": sha(self.count),
            },
        )
        self.note(merge, pusher or by, "added 1 commit\n\n<ul><li>Text</li></ul>")
        merge.diffs[path] = {
            "old_path": path, "new_path": path, "a_mode": "100644", "b_mode": "100644",
            "diff": "@@", "new_file": False, "renamed_file": False, "deleted_file": False,
        }  # fmt: skip
        merge.head = commit
        return commit

    def note(self, merge: Merge, by: str, body: str, *, user_id: int | None = None) -> Object:
        merge.notes.append(
            {
                "id": 300 + len(merge.notes),
                "type": None,
                "body": body,
                "author": account(by, user_id),
                "created_at": stamp(self.now),
                "updated_at": stamp(self.now),
                "system": True,
                "noteable_id": 1000 + merge.number,
                "noteable_type": "MergeRequest",
                "noteable_iid": merge.number,
                "resolvable": False,
                "confidential": False,
                "internal": False,
            }
        )
        return merge.notes[-1]

    def approve(
        self, merge: Merge, by: str = "dana-w", *, user_id: int | None = None, noted: bool = True
    ) -> None:
        at = self.tick()
        approval: Object = {"user": account(by, user_id)}
        if self.states_times:
            approval["approved_at"] = stamp(at)
        merge.approved_by.append(approval)
        if noted:
            self.note(merge, by, "approved this merge request", user_id=user_id)

    def unapprove(self, merge: Merge, by: str = "dana-w") -> None:
        self.tick()
        self.lose_approvals(merge, by)
        self.note(merge, by, "unapproved this merge request")

    def lose_approvals(self, merge: Merge, by: str) -> None:
        """As with a push where the project resets approvals: the account is in the set no more."""
        merge.approved_by = [item for item in merge.approved_by if item["user"]["username"] != by]

    def request_changes(
        self, merge: Merge, by: str = "dana-w", *, noted: bool = True
    ) -> None:  # fmt: skip
        self.tick()
        if noted:
            self.note(merge, by, "requested changes")
        merge.reviewers.append(
            {"user": account(by), "state": "requested_changes", "created_at": stamp(self.now)}
        )

    def merge(
        self, merge: Merge, how: str = "merge", *, tree: dict[str, bytes] | None = None
    ) -> None:
        merge.merged_at = self.tick()
        commit = sha(900000 + self.count)
        made = self.trees[merge.head] if tree is None else tree
        match how:
            case "merge":
                merge.merge_commit = commit
            case "squash":
                merge.squash_commit = commit
            case _:
                assert how == "fast-forward", how
                commit = merge.head
        self.trees[commit] = made

    # what GitLab answers

    def answer(self, url: str) -> tuple[int, Any, dict[str, str]]:
        parts = urlsplit(url)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        path = parts.path.removeprefix("/api/v4")
        base = f"/projects/{self.repository.replace('/', '%2F')}"
        if path.startswith("/users/"):
            number = int(path.removeprefix("/users/"))
            return 200, {**account("x", number), "bot": number in self.bots}, {}
        if path != base and not path.startswith(f"{base}/"):
            return 404, {"message": "404 Project Not Found"}, {}
        status, value = self._value(path.removeprefix(base).lstrip("/"), query)
        if status == 200 and isinstance(value, list):
            size, page = min(self.per_page, int(query["per_page"])), int(query.get("page", "1"))
            further = str(page + 1) if page * size < len(value) else ""
            return 200, value[(page - 1) * size : page * size], {"x-next-page": further}
        return status, value, {}

    def _value(self, path: str, query: dict[str, str]) -> tuple[int, Any]:
        missing = 404, {"message": "404 Not found"}
        if not path:
            return 200, {
                "id": 7, "path_with_namespace": self.repository, "default_branch": "main",
                "merge_method": "merge",
            }  # fmt: skip
        if path == "repository/tree":
            return self._tree(query["path"], query["ref"])
        kind, _, rest = path.partition("/")
        if kind == "merge_requests" and not rest:
            return 200, [self.object_of(merge) for merge in self.merges.values() if merge.merged_at]
        if kind == "merge_requests":
            number, _, part = rest.partition("/")
            merge = self.merges.get(int(number))
            return missing if merge is None else self._of_merge(merge, part)
        return self.rules.get(path, missing)

    def _of_merge(self, merge: Merge, part: str) -> tuple[int, Any]:
        match part:
            case "":
                return 200, self.object_of(merge)
            case "approvals":
                return 200, {
                    "id": 5, "iid": merge.number, "project_id": 7, "title": "Text",
                    "state": "merged", "approvals_required": 1, "approvals_left": 0,
                    "approved_by": merge.approved_by,
                }  # fmt: skip
            case "approval_state":
                return 200, {"approval_rules_overwritten": False, "rules": []}
            case "notes":
                return 200, merge.notes
            case "versions":
                return 200, merge.versions
            case "commits":
                return 200, merge.commits
            case "diffs":
                return 200, list(merge.diffs.values())
            case "reviewers":
                return 200, merge.reviewers
            case _:
                return 404, {"message": "404 Not found"}

    def object_of(self, merge: Merge) -> Object:
        return {
            "id": 1000 + merge.number,
            "iid": merge.number,
            "project_id": 7,
            "title": "Text",
            "state": "merged" if merge.merged_at else "opened",
            "created_at": stamp(OPENED),
            "updated_at": stamp(self.now),
            "merged_at": stamp(merge.merged_at) if merge.merged_at else None,
            "merge_user": account("lee-p") if merge.merged_at else None,
            "target_branch": merge.target,
            "source_branch": f"change-{merge.number}",
            "author": account(merge.author),
            "sha": merge.head,
            "merge_commit_sha": merge.merge_commit,
            "squash_commit_sha": merge.squash_commit,
            "changes_count": str(len(merge.diffs)),
            "detailed_merge_status": "not_open",
            "diff_refs": {"base_sha": sha(1), "head_sha": merge.head, "start_sha": sha(1)},
        }

    def _tree(self, folder: str, commit: str) -> tuple[int, Any]:
        inside = {
            path: data
            for path, data in self.trees.get(commit, {}).items()
            if path.rpartition("/")[0] == folder
        }
        if not inside:
            return 404, {"message": "404 invalid revision or path Not Found"}
        return 200, [
            {
                "id": object_id("blob", data, letters=40),
                "name": path.rpartition("/")[2],
                "type": "blob",
                "path": path,
                "mode": "100644",
            }
            for path, data in inside.items()
        ]


def protect(lab: Lab) -> None:
    """Everything that can be asked for is in force."""
    lab.rules = {
        "approvals": (
            200,
            {
                "reset_approvals_on_push": True,
                "selective_code_owner_removals": False,
                "disable_overriding_approvers_per_merge_request": True,
                "merge_requests_author_approval": False,
                "merge_requests_disable_committers_approval": True,
                "require_password_to_approve": True,
            },
        ),
        "approval_rules": (
            200,
            [{"id": 1, "name": "Policies", "rule_type": "regular", "approvals_required": 1}],
        ),
        "protected_branches": (
            200,
            [
                {
                    "id": 1,
                    "name": "main",
                    "push_access_levels": [
                        {"id": 1, "access_level": 0, "access_level_description": "No one"}
                    ],
                    "merge_access_levels": [
                        {"id": 1, "access_level": 40, "access_level_description": "Maintainers"}
                    ],
                    "allow_force_push": False,
                    "code_owner_approval_required": True,
                }
            ],
        ),
        "audit_events": (200, []),
    }
