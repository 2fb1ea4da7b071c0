"""Running git for reads: absolute path, argument list, an environment of our own, limits.

GitPython is not used here: its `execute` starts from the caller's environment and can add to it
but take nothing out, so what a hook exports (GIT_OBJECT_DIRECTORY, GIT_CONFIG_PARAMETERS) would
reach git; it has no limit on output; and importing it costs a tenth of a second.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from policygen.gitrepo.failures import failure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

READ_TIMEOUT_SECONDS = 120
MAXIMUM_OUTPUT_BYTES = 64 * 1024 * 1024


def git_program() -> str:
    """The absolute path of git.

    Only absolute entries of PATH count, so that a `git` lying in a repository is not run.

    Raises:
        PolicygenError: There is none.
    """
    endings = (".exe",) if os.name == "nt" else ("",)
    for entry in os.environ.get("PATH", os.defpath).split(os.pathsep):
        for ending in endings:
            program = Path(entry, f"git{ending}")
            if program.is_absolute() and program.is_file() and os.access(program, os.X_OK):
                return str(program)
    raise failure(
        "git-missing", "git is not on the path", "Install git 2.32 or newer and run this again."
    )


def clean_environment(git_dir: Path) -> dict[str, str]:
    """All variables git gets for a read: nothing of the caller's, no configuration but the room's.

    Source: the clean room measured against planted configuration; see docs of `room`.
    """
    environment = {
        "PATH": os.defpath,
        "HOME": str(git_dir),
        "XDG_CONFIG_HOME": str(git_dir),
        "GIT_DIR": str(git_dir),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_PAGER": "cat",
        "LC_ALL": "C",
        "LANGUAGE": "C",
    }
    if "SYSTEMROOT" in os.environ:
        environment["SYSTEMROOT"] = os.environ["SYSTEMROOT"]
    return environment


def run(
    arguments: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    accept: frozenset[int] = frozenset({0}),
) -> bytes:
    """What a read command of git printed.

    Raises:
        PolicygenError: It failed, took too long or printed too much.
    """
    verb = arguments[0]
    with subprocess.Popen(
        [git_program(), *arguments],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            output, errors = process.communicate(timeout=READ_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise failure(
                "git-read-failed", f"git {verb} gave no answer in {READ_TIMEOUT_SECONDS} seconds"
            ) from None
        except BaseException:
            process.kill()
            raise
    if process.returncode not in accept:
        words = errors.decode("utf-8", "replace").strip().splitlines()
        raise failure(
            "git-read-failed", f"git {verb} failed: {words[-1] if words else 'no reason'}"
        )
    if len(output) > MAXIMUM_OUTPUT_BYTES:
        raise failure("git-too-large", f"git {verb} printed more than {MAXIMUM_OUTPUT_BYTES} bytes")
    return output
