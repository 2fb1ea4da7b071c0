"""Extract of GitHub's published API description, for checking the fixtures of tests/forge.

usage: scripts/github_schemas.py api.github.com.json > tests/fixtures/github/schemas.json

The file comes with the npm package @octokit/openapi (MIT, see NOTICE). Kept are the schemas of the
answers that policygen reads, without prose and examples.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ANSWERS = {
    "pull": "/repos/{owner}/{repo}/pulls/{pull_number}",
    "pulls": "/repos/{owner}/{repo}/pulls",
    "reviews": "/repos/{owner}/{repo}/pulls/{pull_number}/reviews",
    "timeline": "/repos/{owner}/{repo}/issues/{issue_number}/timeline",
    "commits": "/repos/{owner}/{repo}/pulls/{pull_number}/commits",
    "files": "/repos/{owner}/{repo}/pulls/{pull_number}/files",
    "contents": "/repos/{owner}/{repo}/contents/{path}",
    "activity": "/repos/{owner}/{repo}/activity",
    "protection": "/repos/{owner}/{repo}/branches/{branch}/protection",
    "branch-rules": "/repos/{owner}/{repo}/rules/branches/{branch}",
    "rulesets": "/repos/{owner}/{repo}/rulesets",
    "ruleset": "/repos/{owner}/{repo}/rulesets/{ruleset_id}",
    "ruleset-history": "/repos/{owner}/{repo}/rulesets/{ruleset_id}/history",
    "rule-suites": "/repos/{owner}/{repo}/rulesets/rule-suites",
    "workflow": "/repos/{owner}/{repo}/actions/permissions/workflow",
}
PROSE = ("description", "example", "examples", "title", "externalDocs", "deprecated")


def main() -> None:
    """Print the extract."""
    whole = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    names: set[str] = set()
    answers = {name: plain(answer(whole, path), names) for name, path in ANSWERS.items()}
    schemas: dict[str, object] = {}
    while names - schemas.keys():
        name = min(names - schemas.keys())
        schemas[name] = plain(whole["components"]["schemas"][name], names)
    extract = {"answers": answers, "schemas": schemas, "version": whole["info"]["version"]}
    sys.stdout.write(json.dumps(extract, separators=(",", ":"), sort_keys=True) + "\n")


def answer(whole: dict, path: str) -> object:
    """Schema of the answer to a GET request."""
    content = whole["paths"][path]["get"]["responses"]["200"]["content"]
    return content["application/json"]["schema"]


def plain(part: object, names: set[str]) -> object:
    """A schema without prose, `nullable` as JSON Schema has it; notes what it refers to."""
    if isinstance(part, list):
        return [plain(item, names) for item in part]
    if not isinstance(part, dict):
        return part
    kept = {
        key: plain(value, names)
        for key, value in part.items()
        if (key not in PROSE or isinstance(value, dict)) and not key.startswith("x-")
    }
    if "$ref" in kept:
        name = kept["$ref"].rsplit("/", 1)[1]
        names.add(name)
        kept["$ref"] = f"#/schemas/{name}"
    if kept.pop("nullable", False):
        if "enum" in kept:
            kept["enum"] = [*kept["enum"], None]
        if "type" in kept:
            kept["type"] = [kept["type"], "null"]
        else:
            kept = {"anyOf": [kept, {"type": "null"}]}
    return kept


main()
