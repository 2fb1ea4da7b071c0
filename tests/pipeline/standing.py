"""policygen as a command that stands ready: loaded once, each call of it a process of its own.

The shell steps of a forge call the command many times. Here a small program takes its place in
the path; it hands arguments, folder, environment and open files over to a process that has loaded
everything, and that process does the work in a copy of itself.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ASKING = """\
#!{python} -SE
import json, os, socket, sys
call = json.dumps({{"arguments": sys.argv[1:], "folder": os.getcwd(), "around": dict(os.environ)}})
with socket.socket(socket.AF_UNIX) as line:
    line.connect({address!r})
    socket.send_fds(line, [b"."], [0, 1, 2])
    line.sendall(call.encode())
    line.shutdown(socket.SHUT_WR)
    answer = line.recv(8)
sys.exit(int(answer or b"3"))
"""

_STANDING = """
import json, os, pathlib, signal, socket, sys, traceback
from datetime import datetime

# Everything that most calls need; what reads its surroundings as it is loaded is left to the copy.
import mkdocs.commands.build
import mkdocs.config.defaults
from policygen.cli.main import main
from policygen.cli.session import Session
from policygen.load.registries.registries import package_registries
from policygen.pipeline import situation
from policygen.pipeline.publication import building
from policygen.publish.site import sources

package_registries()
Session.now = lambda self: datetime.fromisoformat(os.environ["TEST_NOW"])


def work():
    if sys.argv[1:3] == ["forge", "fetch"]:
        made = pathlib.Path("evidence/forge/code.quillwater.example/new.json")
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_text("{}\\n")
        if "TEST_STRAY" in os.environ:
            pathlib.Path("policies/access-control-policy.md").write_text("gone")
        return 0
    if sys.argv[1:3] == ["forge", "import"]:
        return 1
    return main()


def answer(line):
    _, files, _, _ = socket.recv_fds(line, 1, 3)
    call = json.loads(b"".join(iter(lambda: line.recv(65536), b"")))
    for standard, file in enumerate(files):
        os.dup2(file, standard)
        os.close(file)
    os.chdir(call["folder"])
    os.environ.clear()
    os.environ.update(call["around"])
    sys.argv[1:] = call["arguments"]
    code = 3
    try:
        code = work()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    line.sendall(str(code or 0).encode())


door = socket.socket(socket.AF_UNIX)
door.bind(sys.argv[1])
door.listen()
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print("ready", flush=True)
while True:
    line, _ = door.accept()
    if os.fork() == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        door.close()
        answer(line)
        os._exit(0)
    line.close()
"""


@contextlib.contextmanager
def standing() -> Iterator[str]:
    """The text of a program that is policygen at the time that `TEST_NOW` says.

    It records nothing from a forge but one file, and imports nothing.
    """
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        address = str(Path(folder) / "line")
        process = subprocess.Popen(
            [sys.executable, "-c", _STANDING, address],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield _ASKING.format(python=sys.executable, address=address)
        finally:
            process.kill()
            process.communicate()
