"""Single keys from a terminal, without Enter and without an echo. Afterwards the terminal is as it was before."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sys
import time
from collections import deque
from collections.abc import Iterator
from types import FrameType
from typing import Any, Protocol

# What arrow keys and the like send, and what comes before a letter that is typed with Alt.
_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O.|.)?", re.DOTALL)


_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|O)?\Z")


_END_OF_INPUT = "\x04"


_CTRL_C = "\x03"


_POLL_SECONDS = 0.05


class Keyboard(Protocol):
    """Where keys come from."""

    def key(self, seconds: float) -> str:
        """Wait at most so long for a key and return it as a small letter, "" if there is none; "q" where no more can come."""


class NoKeyboard:
    """Nobody can type: there is no terminal, or another program has it."""

    def key(self, seconds: float) -> str:
        """Wait that long."""
        time.sleep(seconds)
        return ""


@contextlib.contextmanager
def keyboard() -> Iterator[Keyboard]:
    """Yield the terminal's keys, a `NoKeyboard` where input or output is no terminal."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()):
        yield NoKeyboard()
    elif sys.platform == "win32":
        import msvcrt

        yield ConsoleKeys(msvcrt)
    else:
        with _TerminalKeys(sys.stdin.fileno()) as keys:
            yield keys


class ConsoleKeys:
    """The keys of a Windows console; `console` is the module msvcrt."""

    def __init__(self, console: Any) -> None:
        self._console = console

    def key(self, seconds: float) -> str:
        """Return the next key, as `Keyboard` says; raises KeyboardInterrupt for Ctrl-C, which is a key here."""
        until = time.monotonic() + seconds
        while not self._console.kbhit():
            if time.monotonic() >= until:
                return ""
            time.sleep(_POLL_SECONDS)
        key = str(self._console.getwch())
        if key == _CTRL_C:
            raise KeyboardInterrupt
        if key in ("\x00", "\xe0"):
            # An arrow or the like: a second character says which one.
            self._console.getwch()
            return ""
        return key.lower()


if sys.platform != "win32":
    import select
    import termios
    import tty

    class _TerminalKeys:
        """The keys of a POSIX terminal, for as long as this process is in its foreground.

        While it is stopped (Ctrl-Z) the shell has the terminal as it was, and so it has when a signal ends this process.
        """

        def __init__(self, descriptor: int) -> None:
            self._terminal = descriptor
            self._waiting: deque[str] = deque()
            self._before: dict[int, Any] = {}
            self._original: list[Any] | None = None

        def __enter__(self) -> _TerminalKeys:
            for number in (signal.SIGTSTP, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
                # A signal that is ignored stays so: `nohup`, or a shell without job control, has said it.
                if signal.getsignal(number) is signal.SIG_DFL:
                    self._before[number] = signal.signal(number, self._obey)
            self._take()
            return self

        def __exit__(self, *_: object) -> None:
            self._give_back()
            for number, handler in self._before.items():
                signal.signal(number, handler)

        def key(self, seconds: float) -> str:
            if not self._take():
                time.sleep(seconds)
                return ""
            # Who was stopped while waiting may go on in the background, where what is typed is for the shell: to read it would
            # stop this process again, and the read would later go on in a terminal that gives whole lines only.
            if not self._waiting and self._is_typed(seconds) and self._take() and self._is_typed(0):
                self._read()
            return self._waiting.popleft() if self._waiting else ""

        def _is_typed(self, seconds: float) -> bool:
            """Wait until something has been typed, for so many seconds at most, and say whether it has."""
            return bool(select.select([self._terminal], [], [], seconds)[0])

        def _read(self) -> None:
            typed = self._typed()
            while _UNFINISHED.search(typed) and self._is_typed(_POLL_SECONDS):
                # The rest of what an arrow sends comes late over a slow line, and would be taken for letters.
                if not (rest := self._typed()):
                    break
                typed += rest
            if not typed:
                # The terminal is gone.
                self._waiting.append("q")
            for key in _SEQUENCE.sub("", typed).lower():
                key = "q" if key == _END_OF_INPUT else key
                # Who presses a key again while nothing seems to happen means it once.
                if not self._waiting or self._waiting[-1] != key:
                    self._waiting.append(key)

        def _typed(self) -> str:
            try:
                return os.read(self._terminal, 1024).decode("utf-8", "replace")
            except OSError:
                return ""

        def _take(self) -> bool:
            """Have keys come one by one, unless another program has the terminal; say whether they do."""
            try:
                if os.tcgetpgrp(self._terminal) != os.getpgrp():
                    # To read from it now would stop this process.
                    self._original = None
                    return False
                if self._original is None:
                    self._original = termios.tcgetattr(self._terminal)
                    tty.setcbreak(self._terminal, termios.TCSADRAIN)
            except (OSError, termios.error):
                return False
            return True

        def _give_back(self) -> None:
            original, self._original = self._original, None
            if original is not None:
                with contextlib.suppress(termios.error):
                    termios.tcsetattr(self._terminal, termios.TCSADRAIN, original)

        def _obey(self, number: int, _: FrameType | None) -> None:
            """Stop or end, as the signal says, with the terminal given back; who goes on takes it again with the next key."""
            self._give_back()
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            signal.signal(number, self._obey)
