"""A profile that means harm: its values come out as text or are refused, never as anything else."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from policygen.problems import PolicygenError
from tests.readers import READERS, filled
from tests.small_workspace import PROFILE, SmallWorkspace, statement, told
from tests.text.test_dialect import HOSTILE, PLACES, WORD, folded

if TYPE_CHECKING:
    from collections.abc import Iterable

LOOP = "{% for s in systems.all %}\n" + PLACES.replace("{v}", "{{ s.name }}") + "{% endfor %}\n"
# A statement's id opens a paragraph in PLACES; by hand that is refused, so here it is only bold.
BODY = LOOP.replace("**AC-19** ", "**AC** ").replace("# Title", "## Title")
RENDER = """
import hashlib, sys
from pathlib import Path
from tests.small_workspace import SmallWorkspace
rendering, _, problems = SmallWorkspace(Path(sys.argv[1])).render()
assert not problems, problems
print(hashlib.sha256("".join(d.text for d in rendering.documents).encode()).hexdigest())
"""


def with_systems(workspace: SmallWorkspace, names: Iterable[str]) -> None:
    rows = "".join(
        f"  - {{id: s{number}, name: {json.dumps(name)}, kind: vcs, "
        "owner_role: security_officer}\n"
        for number, name in enumerate(names)
    )
    workspace.write("organization.yml", PROFILE + "systems:\n" + rows)


def accepted(workspace: SmallWorkspace, name: str) -> bool:
    with_systems(workspace, [name])
    try:
        workspace.facts()
    except (PolicygenError, ValidationError):
        return False
    return True


def test_hostile_names_come_out_literally_in_all_three_readers(workspace: SmallWorkspace) -> None:
    names = [name for name in HOSTILE if accepted(workspace, name)]
    assert len(names) > 50
    workspace.policy(BODY)
    with_systems(workspace, [WORD])
    plain = workspace.document().record.body
    with_systems(workspace, names)
    hostile = workspace.document().record.body
    for reader in READERS:
        title, *parts = reader(plain)[2:]
        expected = (title, *(part for name in names for part in filled(tuple(parts), WORD, name)))
        assert reader(hostile)[2:] == expected, reader.__name__


@pytest.mark.parametrize("name", ["x\u200fy", "x\u202ey", "x\x00y", "x\u2028# y", "x\n\n# y", " "])
def test_invisible_characters_and_line_ends_in_names_are_refused(
    workspace: SmallWorkspace, name: str
) -> None:
    assert not accepted(workspace, name)


def test_hostile_names_of_everything_leave_the_text_readable(workspace: SmallWorkspace) -> None:
    name = "A & B <Corp> _x_ #1 $5 {"
    quoted = json.dumps(name)
    workspace.write(
        "organization.yml",
        PROFILE.replace("Quillwater Software, Inc.", quoted)
        .replace("short_name: Quillwater", f"short_name: {quoted}")
        .replace("name: Ada Marsh", f"name: {quoted}")
        .replace("{person: ben}", f"{{person: ben, title: {quoted}}}")
        + f"terms: {{workforce: {quoted}}}\n",
    )
    workspace.policy(
        "{{ org.legal_name }} {{ roles.security_officer }} {{ terms.workforce }}\n\n"
        + statement(text="The {{ roles.security_officer }} SHALL act.").replace(
            "system_owner", "security_officer"
        )
    )
    record = workspace.document().record
    assert record.header.organization == record.header.owner_title == name
    assert record.statements[0].owner == name
    assert record.statements[0].text == "The A & B &lt;Corp\\> \\_x\\_ \\#1 &#36;5 \\{ SHALL act."


def test_template_code_in_the_profile_is_text_or_refused(workspace: SmallWorkspace) -> None:
    with_systems(workspace, ["{{ 7 * 7 }}", "{% raw %}", "{## x ##}"])
    workspace.policy("{% for s in systems.all %}{{ s.name }} {% endfor %}\n")
    rendering, _, problems = workspace.render()
    assert problems == ()
    assert (
        "\\{\\{ 7 \\* 7 \\}\\} \\{% raw %\\} \\{\\#\\# x \\#\\#\\}" in rendering.documents[0].text
    )
    assert [code for code, _ in told(workspace.check())] == ["text-placeholder"]


def test_rendering_gives_the_same_bytes_everywhere(
    workspace: SmallWorkspace, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with_systems(workspace, [folded(name)[:200] for name in HOSTILE])
    workspace.policy(BODY + statement(more='when="practices.moves_money", otherwise="none"'))
    package = str(Path(__file__).parents[2])
    digests = set()
    for number, zone in enumerate(("UTC", "Pacific/Kiritimati", "America/Denver")):
        home: Path = tmp_path_factory.mktemp("home")
        environment = {
            "PYTHONPATH": package,
            "PYTHONHASHSEED": str(number),
            "TZ": zone,
            "HOME": str(home),
            "LC_ALL": ("C", "C.UTF-8", "POSIX")[number],
            "PYTHONUTF8": "1",
        }
        done = subprocess.run(
            [sys.executable, "-c", RENDER, str(workspace.root)],
            env=environment,
            cwd=home,
            capture_output=True,
            check=True,
        )
        digests.add(done.stdout.decode().strip())
    rendering, _, _ = workspace.render()
    whole = "".join(document.text for document in rendering.documents)
    assert digests == {hashlib.sha256(whole.encode()).hexdigest()}


def test_no_variable_of_the_environment_reaches_a_text(
    workspace: SmallWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANARY", "seen-by-nobody")
    workspace.policy("{% for s in systems.all %}{{ s.name }}{% endfor %}{{ org.short_name }}\n")
    assert "seen-by-nobody" not in workspace.document().text
