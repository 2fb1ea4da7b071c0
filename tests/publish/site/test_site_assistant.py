from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from policygen.publish.site.assistant import Assistant
from policygen.publish.site.build import build_site
from tests.publish.site.test_site_build import files_of

if TYPE_CHECKING:
    from policygen.problems import Problem
    from tests.publish.site.conftest import Sample, Workspace


def helped(workspace: Workspace, assistant: Assistant | None) -> tuple[Problem, ...]:
    pages = [path.relative_to(workspace.docs).as_posix() for path in workspace.docs.rglob("*.md")]
    return build_site(
        workspace.folder, workspace.docs, workspace.site, expected_pages=pages, assistant=assistant
    )


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_site_is_the_same_whoever_converts_its_pages(
    workspace: Workspace, sample: Sample
) -> None:
    alone = files_of(workspace.build(sample.content))
    with Assistant() as assistant:
        assert helped(workspace, assistant) == ()
        assert assistant.brought > 0
    assert files_of(workspace.site) == alone


def test_an_assistant_that_dies_costs_no_page(workspace: Workspace, sample: Sample) -> None:
    alone = files_of(workspace.build(sample.content))
    with Assistant() as assistant:
        os.kill(assistant.process_id, signal.SIGKILL)
        assert helped(workspace, assistant) == ()
    assert files_of(workspace.site) == alone


def test_an_assistant_is_gone_when_the_site_is_there(workspace: Workspace, sample: Sample) -> None:
    workspace.write(sample.content)
    with Assistant() as assistant:
        helped(workspace, assistant)
        process = assistant.process_id
    assert not is_running(process)
    with Assistant() as idle:
        assert is_running(idle.process_id)
    assert not is_running(idle.process_id)


def test_dead_links_are_told_in_the_same_words_and_order(
    workspace: Workspace, sample: Sample
) -> None:
    workspace.write(sample.content)
    for path in workspace.docs.rglob("*.md"):
        with path.open("a", encoding="utf-8") as page:
            page.write(
                f"\n[gone]({path.stem}-gone.md) [place](#nowhere) [{path.stem}](/absolute)\n"
            )
    alone = helped(workspace, None)
    with Assistant() as assistant:
        told = helped(workspace, assistant)
        assert assistant.brought > 0
    assert told == alone
    assert {"site-dead-link", "site-dead-anchor"} <= {problem.code for problem in told}


def test_settings_with_hooks_leave_all_pages_to_mkdocs(
    workspace: Workspace, sample: Sample
) -> None:
    workspace.write(sample.content)
    hook = workspace.folder / "hook.py"
    hook.write_text(
        "import os, pathlib\n"
        "def on_page_markdown(markdown, *, page, **_):\n"
        "    with open(pathlib.Path(__file__).with_name('seen'), 'a') as seen:\n"
        "        seen.write(f'{os.getpid()} {page.file.src_uri}\\n')\n"
        "    return markdown + '\\n\\nAdded by a hook.\\n'\n"
    )
    with (workspace.folder / "mkdocs.yml").open("a") as settings:
        settings.write("hooks: [hook.py]\n")
    with Assistant() as assistant:
        assert helped(workspace, assistant) == ()
        assert assistant.brought == 0
    seen = [line.split()[0] for line in (workspace.folder / "seen").read_text().splitlines()]
    assert set(seen) == {str(os.getpid())}
    pages = [path for path in workspace.site.rglob("*.html") if path.name != "404.html"]
    assert all("Added by a hook." in page.read_text(encoding="utf-8") for page in pages)
