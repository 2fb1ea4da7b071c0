"""Typesetting: the Markdown of a text of record as Typst markup, by one long-lived pandoc.

Starting pandoc costs as much as typesetting a document, so one `pandoc lua` process answers
requests for as long as a `Typesetter` lives: one JSON line in, one JSON line out.
"""

from __future__ import annotations

import html
import json
import queue
import subprocess
import tempfile
import threading
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import pypandoc

from policygen.problems import PolicygenError, Problem, Severity

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

LUA = Path(__file__).parent / "lua"
"""Server and filter that pandoc runs."""

Structure = tuple["str | int | Structure", ...]
"""A block: its name, then its parts. Blocks are `heading`, `paragraph`, `bullets`, `numbers`,
`table`, `callout`, `quote`, `code`, `rule`; text is plain, white space folded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading of the text, the title left out."""

    level: int
    """As in the Markdown: `##` is 2."""

    text: str
    anchor: str
    """The name links use, as on the site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An image the text shows; the markup calls it by its place in the list, from 1."""

    source: str
    """Address as written in the Markdown."""

    alt: str
    """What it shows, in words; empty where the text does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typeset:
    """A body as Typst markup, ready for the print theme."""

    markup: str
    """Calls blocks of the theme, such as `statement` and `ruled-table`; every text is escaped."""

    headings: tuple[Heading, ...]
    pictures: tuple[Picture, ...]
    warnings: tuple[Problem, ...]
    """What paper cannot show as the text has it, without a location."""


class _HeadingFields(TypedDict):
    level: int
    text: str
    anchor: str


class _PictureFields(TypedDict):
    source: str
    alt: str


class _Answer(TypedDict, total=False):
    """What serve.lua writes; which fields there are depends on the request."""

    ok: bool
    error: str
    pandoc: str
    markup: str
    headings: list[_HeadingFields]
    pictures: list[_PictureFields]
    dead: list[str]
    skipped: list[str]
    blocks: list[object]


class Typesetter:
    """Owns the pandoc process; a context manager. Not for use by two threads at once."""

    def __init__(self, *, timeout_seconds: float = 30.0) -> None:
        self._timeout_seconds = timeout_seconds
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._scratch: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def process_id(self) -> int | None:
        """Id of the pandoc process; None while none runs."""
        return self._process.pid if self._process else None

    @property
    def scratch(self) -> Path:
        """A folder that lives until `close`, for files that several documents share."""
        if self._scratch is None:
            self._scratch = tempfile.TemporaryDirectory(prefix="policygen-typesetter-")
        return Path(self._scratch.name)

    def close(self) -> None:
        """End the process and remove the scratch folder; a later request starts anew."""
        self._stop()
        if self._scratch is not None:
            self._scratch.cleanup()
            self._scratch = None

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream:
                # What a crashed process did not read cannot be flushed to it.
                with suppress(OSError):
                    stream.close()

    def body_to_typst(self, markdown: str) -> Typeset:
        """The Markdown of a body, front matter taken off, as markup for the print theme.

        A first heading of level 1 is the title, which the theme prints; it is left out.

        Raises:
            PolicygenError: pandoc gave no answer in time, or failed twice.
        """
        answer = self._ask("typst", markdown)
        return Typeset(
            markup=answer["markup"],
            headings=tuple(Heading(**each) for each in answer["headings"]),
            pictures=tuple(Picture(**each) for each in answer["pictures"]),
            warnings=tuple(_warnings(answer)),
        )

    def structure(self, markdown: str) -> Structure:
        """The blocks of a Markdown text as pandoc sees them, to compare with other readers."""
        return _frozen(self._ask("structure", markdown)["blocks"])

    def pandoc_version(self) -> str:
        """Version of the pandoc that answers."""
        return self._ask("version", "")["pandoc"]

    def _ask(self, want: str, text: str) -> _Answer:
        request = json.dumps({"want": want, "text": text, "fold": _ascii_of(text)})
        line = self._exchange(request)
        if line is None:
            # A crash may be the machine's doing; a second one is the text's.
            line = self._exchange(request)
        if line is None:
            raise _failed("pandoc ended twice while it read the text")
        answer: _Answer = json.loads(line)
        if not answer["ok"]:
            raise _failed(f"pandoc could not read the text: {answer['error']}")
        return answer

    def _exchange(self, request: str) -> str | None:
        """The answer to one request; None where the process ended."""
        process = self._running()
        assert process.stdin is not None
        try:
            process.stdin.write(request + "\n")
            process.stdin.flush()
            line = self._answers.get(timeout=self._timeout_seconds)
        except queue.Empty:
            self._stop()
            seconds = f"{self._timeout_seconds:g} seconds"
            raise _failed(f"pandoc gave no answer within {seconds}", "pdf-timeout") from None
        except OSError:
            line = None
        if line is None:
            self._stop()
        return line

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._answers = queue.SimpleQueue()
            self._process = _start()
            reader = threading.Thread(
                target=_pass_on, args=(self._process, self._answers), daemon=True
            )
            reader.start()
        return self._process


@lru_cache(maxsize=1)
def _pandoc() -> str:
    return str(pypandoc.get_pandoc_path())


def _start() -> subprocess.Popen[str]:
    # No environment: pandoc would read a user's data folder, and answers must not depend on it.
    nowhere = str(Path(tempfile.gettempdir()) / "policygen-has-no-home")
    return subprocess.Popen(
        [_pandoc(), "lua", "-E", str(LUA / "serve.lua")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"HOME": nowhere, "XDG_DATA_HOME": nowhere, "LC_ALL": "C.UTF-8"},
        cwd=LUA,
        encoding="utf-8",
    )


def _pass_on(process: subprocess.Popen[str], answers: queue.SimpleQueue[str | None]) -> None:
    """Hand on lines as they come, then None when the process has ended."""
    assert process.stdout is not None
    # The stream may be closed under a thread that reads it.
    with suppress(OSError, ValueError):
        for line in process.stdout:
            answers.put(line)
    answers.put(None)


def _ascii_of(text: str) -> dict[str, str]:
    """The ASCII letters of each other character, by which anchors are named."""
    characters = sorted(set(text) | set(html.unescape(text)))
    return {
        character: unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
        for character in characters
        if not character.isascii()
    }


def _frozen(value: object) -> Structure:
    # Lua knows one kind of table: an empty list arrives as an empty object.
    parts = value if isinstance(value, list) else []
    return tuple(part if isinstance(part, str | int) else _frozen(part) for part in parts)


def _warnings(answer: _Answer) -> list[Problem]:
    found = [
        Problem(
            code="pdf-dead-anchor",
            message=f"the link #{anchor} names a heading that the text does not have",
            hint="Link to one of its headings or statements.",
        )
        for anchor in answer["dead"]
    ]
    found += [
        Problem(
            code="pdf-heading-level",
            message=f'the heading "{text}" is more than one level below the one before it',
            hint="Use the next level; readers who listen rely on it.",
        )
        for text in answer["skipped"]
    ]
    return found


def _failed(message: str, code: str = "pdf-pandoc") -> PolicygenError:
    return PolicygenError(
        Problem(
            code=code,
            severity=Severity.ERROR,
            message=message,
            hint="Look for unusual Markdown in the document, such as very deep nesting.",
        )
    )
