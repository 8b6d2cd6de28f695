"""A real terminal for a real command: a pseudoterminal, what is typed into it, and what a person would see on it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from support.places import GRADER

PATIENCE = 40.0


class Terminal:
    """A process with a terminal of its own; `said` is all that came out of it, with every escape in it."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self.process, self.said = process, ""
        self._master, self._seen = master, 0

    def read(self, seconds: float) -> bool:
        """Read what comes within that time; say whether something did."""
        if not select.select([self._master], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:
            return False
        self.said += data.decode("utf-8", "replace")
        return bool(data)

    def wait_for(self, pattern: str, seconds: float = PATIENCE) -> str:
        """Wait until `pattern` comes, after what was waited for before, and return all that came up to its end."""
        until = time.monotonic() + seconds
        while not (found := re.compile(pattern).search(self.said, self._seen)):
            assert time.monotonic() < until, f"{pattern!r} did not come:\n{self.said[self._seen :]!r}"
            self.read(0.1)
        text, self._seen = self.said[self._seen : found.end()], found.end()
        return text

    def type(self, keys: str) -> None:
        """Type, as a person does."""
        os.write(self._master, keys.encode())

    def settings(self) -> list[object]:
        """Return the terminal's settings: echo, lines or keys, and so on."""
        return list(termios.tcgetattr(self._master))

    def end(self) -> int:
        """Wait for the end of the process, read what it still says, and return its exit status."""
        until = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            assert time.monotonic() < until, f"it does not end:\n{self.said!r}"
            self.read(0.05)
        while self.read(0.1):
            pass
        return self.process.returncode


@contextlib.contextmanager
def in_terminal(
    command: Sequence[str], folder: Path, variables: Mapping[str, str] | None = None, size: tuple[int, int] = (40, 100)
) -> Iterator[Terminal]:
    """Run a command in a terminal of `size` rows and columns, in whose foreground it is; it is ended at the end."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    left_out = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS", "LINES")
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    environment |= {"TERM": "xterm-256color", "PYTHONPATH": str(GRADER)} | dict(variables or {})
    # A process of its own makes the terminal its own, and listens to Ctrl-C, which this one may be told to ignore.
    start = (
        "import fcntl, os, signal, sys, termios\n"
        "fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
        "signal.signal(signal.SIGINT, signal.SIG_DFL)\n"
        "os.execvp(sys.argv[1], sys.argv[1:])\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", start, *command],
        cwd=folder, env=environment, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
    )  # fmt: skip
    os.close(slave)
    try:
        yield Terminal(process, master)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        os.close(master)


def without_escapes(text: str) -> str:
    """Return what a person reads: without colours, and of what was written over, only the last."""
    plain = re.sub(r"\x1b\[[0-9;?]*[A-JL-Za-jl-z]", "", text).replace("\r\n", "\n")
    lines = []
    for line in plain.split("\n"):
        shown = ""
        for part in line.split("\r"):
            part, cleared, rest = part.partition("\x1b[K")
            shown = part + ("" if cleared else shown[len(part) :]) + rest
        lines.append(shown)
    return "\n".join(lines)
