"""Keys where there is no POSIX terminal: a Windows console, played by its module, and nothing to type on at all."""

from __future__ import annotations

import io
import sys
import time
from collections import deque

import pytest

from cnngrade.cli.keys import ConsoleKeys, NoKeyboard, keyboard


class Console:
    """The two functions of msvcrt that are used; each character is typed by somebody."""

    def __init__(self, typed: str) -> None:
        self._typed = deque(typed)

    def kbhit(self) -> bool:
        return bool(self._typed)

    def getwch(self) -> str:
        return self._typed.popleft()


def test_a_windows_console() -> None:
    """letters come in small ones, an arrow is two characters and no key, and Ctrl-C ends as everywhere"""
    keys = ConsoleKeys(Console("rH\xe0K\x00;n\x03q"))
    assert [keys.key(0) for _ in range(5)] == ["r", "h", "", "", "n"]
    with pytest.raises(KeyboardInterrupt):
        keys.key(0)
    assert keys.key(0) == "q"


@pytest.mark.parametrize("keys", [ConsoleKeys(Console("")), NoKeyboard()])
def test_nothing_is_typed(keys: ConsoleKeys | NoKeyboard) -> None:
    """as long as it was told, it waits"""
    start = time.monotonic()
    assert keys.key(0.12) == ""
    assert 0.1 < time.monotonic() - start < 5


@pytest.mark.parametrize("nowhere", [None, io.StringIO("q")])
def test_no_terminal_no_keys(monkeypatch: pytest.MonkeyPatch, nowhere: io.StringIO | None) -> None:
    """what comes from a file or another program is no key, and a process may have no input at all"""
    monkeypatch.setattr(sys, "stdin", nowhere)
    with keyboard() as keys:
        assert isinstance(keys, NoKeyboard)
