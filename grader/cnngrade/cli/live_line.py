"""One line on a terminal that says what is being done while somebody waits; nothing anywhere else."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING

import click

from cnngrade.cli.console import can_rewrite, note
from cnngrade.safe_text import visible_line

if TYPE_CHECKING:
    from cnngrade.judge.progress import JudgeStep
    from cnngrade.model import Unit

# What is done by then needs no line.
_FROM_SECONDS = 0.3


_EVERY_SECONDS = 0.1


# From then on the line says for how long the same thing has been going on: somebody may think that nothing is.
_LONG_SECONDS = 3


class LiveLine:
    """Says on standard error what is being done, from 0.3 seconds on, and is cleared at the end, whatever the end is.

    A step may take long without telling, so a thread writes. While something else is printed, `aside` keeps the line away.
    """

    def __init__(self, doing: str = "getting ready") -> None:
        self.is_shown = can_rewrite()
        self._doing, self._since = doing, time.monotonic()
        self._written = ""
        self._writing, self._over = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._write_on, daemon=True)

    def __enter__(self) -> LiveLine:
        if self.is_shown:
            self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        if self.is_shown:
            self._thread.join()
            self._clear()

    def say(self, doing: str) -> None:
        """Say from now on that this is being done."""
        self._doing, self._since = doing, time.monotonic()

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """Keep the line away while something else is printed."""
        with self._writing:
            self._clear()
            yield

    def _write_on(self) -> None:
        pause = _FROM_SECONDS
        while not self._over.wait(pause):
            with self._writing:
                self._write()
            pause = _EVERY_SECONDS

    def _write(self) -> None:
        passed = int(time.monotonic() - self._since)
        text = f"{visible_line(self._doing)} ...{f' {passed} s' if passed >= _LONG_SECONDS else ''}"
        text = _within(text, _columns() - 1)
        if text != self._written:
            _put(f"\r{text}\033[K")
            self._written = text

    def _clear(self) -> None:
        if self._written:
            _put("\r\033[K")
            self._written = ""


def _put(text: str) -> None:
    # A terminal that was closed meanwhile ends no work.
    with contextlib.suppress(OSError):
        click.echo(text, err=True, nl=False)


def telling(line: LiveLine, unit: str) -> Callable[[JudgeStep], None]:
    """Return what says on the line which step of its work on a unit the judge takes."""
    from cnngrade.judge.progress import Phase  # loaded with the judge, whose step it is

    doing = {
        Phase.REFERENCE: "trying the solution first, {0.function}, test {0.number} of {0.of}",
        Phase.CASES: "{0.function}, test {0.number} of {0.of}",
        Phase.TIMES: "taking times",
        Phase.LINES: "looking for the line of a mistake in {0.function}",
    }
    return lambda step: line.say(f"{unit}: {doing[step.phase].format(step)}")


@contextlib.contextmanager
def told_steps() -> Iterator[Callable[[Unit, str], None]]:
    """Yield what tells of the step that begins: on the live line, or where there is none on a line of its own."""
    with LiveLine() as line:

        def tell(unit: Unit, step: str) -> None:
            if line.is_shown:
                line.say(f"{unit.name}: {step}")
            else:
                note(f"{unit.name}: {step}")

        yield tell


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except OSError:
        return 80


def _within(text: str, columns: int) -> str:
    """Return as much of the text as fits: what goes on to a second line cannot be cleared."""
    used = 0
    for index, character in enumerate(text):
        used += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if used > columns:
            return text[:index]
    return text
