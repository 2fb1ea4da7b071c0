"""Make or update a virtual environment from a lock file with hashes, and put policygen into it."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

OLDEST = (3, 11)


def main(folder: str, lock: str) -> int:
    """Install `lock` into the environment at `folder`; 1 where Python is too old."""
    if sys.version_info < OLDEST:
        sys.stderr.write(
            f"policygen needs Python {'.'.join(map(str, OLDEST))} or later, "
            f"this is {sys.version.split()[0]}: make PYTHON=python3.12 ...\n"
        )
        return 1
    python = Path(folder) / "bin" / "python"
    if not python.exists():
        sys.stderr.write(f"making {folder}\n")
        try:
            venv.create(folder, with_pip=True)
        except subprocess.CalledProcessError:
            sys.stderr.write("pip is missing from Python's venv: apt-get install python3-venv\n")
            return 1
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    sys.stderr.write(f"installing {lock} (every file is checked against its hash)\n")
    commands = (
        [*pip, "--require-hashes", "--only-binary", ":all:", "-r", lock],
        [*pip, "--no-deps", "--no-build-isolation", "--editable", "."],
    )
    return next((code for command in commands if (code := subprocess.run(command).returncode)), 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
