"""Listens to what a submission asks the system for, and says what of it the grading's sandbox denies.

In a sandbox an exception that comes of that gets a sentence (`explained`), and what fails without an exception a note. Outside,
what works and would not work in the sandbox gets a note (`noticed`). Whatever is asked for passes.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable
from types import FrameType
from typing import Any

from cnngrade.worker.denied import Denied, Place, denied_to, module_of, packages_of, place_in, reason_for

_MOST_NOTES = 10


_MOST_TEXT = 200


_MOST_PATHS = 1_000


# What Python tells an audit hook before it does it: a table in its documentation says which events there are.
_DENIED = {
    **dict.fromkeys(("subprocess.Popen", "os.system", "os.fork", "os.forkpty", "os.exec", "os.posix_spawn"), Denied.PROCESS),
    **dict.fromkeys(
        ("socket.__new__", "socket.connect", "http.client.connect", "ftplib.connect", "smtplib.connect"), Denied.NETWORK
    ),
    **dict.fromkeys(("os.chmod", "os.chown", "os.link", "os.symlink"), Denied.ATTRIBUTES),
}


_WRITING = ("os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.truncate")


_TEMPORARY = ("tempfile.mkstemp", "tempfile.mkdtemp")


# multiprocessing starts processes and makes locks, for pools of threads too, without an event, but not without these.
_TELLING_IMPORTS = (
    "multiprocessing.synchronize", "multiprocessing.shared_memory", "multiprocessing.popen_spawn_posix",
    "multiprocessing.popen_spawn_win32",
)  # fmt: skip


# These ask for a process or a file where there may be one, and do without it elsewhere.
_UNDEMANDING = frozenset({"ctypes.util", "platform", "tempfile", "uuid", "webbrowser"})


# Reading there is Python's business, or differs between machines in any case.
_SYSTEM = ("/bin", "/dev", "/etc", "/lib", "/lib64", "/opt", "/proc", "/sys", "/usr")


_CODE = (".py", ".pyc", ".ipynb", ".so", ".pyd", ".dll")


class _Watch:
    """Hears what the process asks for, and keeps what there is to say about it."""

    def __init__(self, confined: bool, writes: bool) -> None:
        self.confined, self._writes = confined, writes
        self._asked: dict[Place, Denied] = {}
        self._notes: dict[tuple[str, Denied], tuple[Place, str]] = {}
        self._told: set[tuple[str, Denied]] = set()
        self._files = _Files()
        # In a sandbox exceptions tell of files, and of imports what they are for.
        self.events = frozenset((*_DENIED, *(() if confined else ("open", "import", *_WRITING, *_TEMPORARY))))

    def hear(self, event: str, arguments: tuple[Any, ...], frame: FrameType) -> None:
        """Take note of one of the `events` of the interpreter, in a frame that runs Python's own code or the submission's."""
        if event in _TEMPORARY:
            self._files.keep(os.path.realpath(arguments[0]))
            return
        if event == "import" and arguments[0] not in _TELLING_IMPORTS:
            return
        place, through = _asker(frame)
        if place is None or through & _UNDEMANDING:
            return
        if event == "socket.__new__" and "asyncio" in packages_of(through):
            # Every event loop wakes itself through two sockets, and without any in a sandbox.
            return
        if event in _DENIED or event == "import":
            denied = denied_to(through) or _DENIED.get(event, Denied.PROCESS)
            self._asked[place] = denied
            self._note(place, denied, _name(event, through))
        elif what := self._files.unavailable(event, arguments):
            self._note(place, Denied.FILE, what)

    def _note(self, place: Place, denied: Denied, what: str) -> None:
        """Note what a line of the submission asks for; of a script or a cell the first of its kind is enough."""
        if (place[0], denied) not in self._told and len(self._told) + len(self._notes) < _MOST_NOTES:
            works = "cannot work here" if self.confined else "may work here"
            text = f"{place[0]}, line {place[1]}: {what} {works}; {denied.value}."
            self._notes.setdefault((place[0], denied), (place, text))

    def explain(self, error: BaseException) -> Denied | None:
        """Return what an exception comes of; what was noted at its lines need not be said again."""
        denied, places = reason_for(error, self._asked)
        self._notes = {key: note for key, note in self._notes.items() if note[0] not in places}
        return Denied.UNWRITTEN if denied is Denied.FILE and not self._writes else denied

    def take(self) -> list[str]:
        """Return the notes that were not taken yet."""
        taken, self._notes = self._notes, {}
        self._told.update(taken)
        return [text for _, text in taken.values()]


class _Files:
    """Which files a submission finds outside of a sandbox and would not find in it. Its folder is the current one."""

    def __init__(self) -> None:
        self._folder, self._data = os.path.realpath("."), os.path.realpath("data")
        self._made: list[str] = []

    def keep(self, path: str) -> None:
        """Remember a file or folder that the submission has made."""
        if path not in self._made and len(self._made) < _MOST_PATHS:
            self._made.append(path)

    def unavailable(self, event: str, arguments: tuple[Any, ...]) -> str:
        """Return what an event does with a file that is not there in the grading, "" where there is nothing to say."""
        is_writing = event != "open" or bool(arguments[2] & (os.O_WRONLY | os.O_RDWR))
        for path in arguments[: 2 if event == "os.rename" else 1]:
            if isinstance(path, int):  # the descriptor of a file that is open already
                continue
            full = os.path.realpath(os.fsdecode(path))
            if not (self._can_write(full) if is_writing else self._can_read(full)):
                return f"{'writing' if is_writing else 'reading'} {os.fsdecode(path)[:_MOST_TEXT]}"
            if is_writing:
                self.keep(full)
        return ""

    def _can_write(self, path: str) -> bool:
        here = _is_in(path, [self._folder]) and not _is_in(path, [self._data])
        return here or _is_in(path, ["/dev", *self._made]) or path.endswith(os.devnull)

    def _can_read(self, path: str) -> bool:
        known = [self._data, sys.prefix, sys.base_prefix, *_SYSTEM, *self._made]
        return not os.path.isfile(path) or path.endswith(_CODE) or _is_in(path, known)  # noqa: PTH113  # at every opened file


def _asker(frame: FrameType | None) -> tuple[Place | None, set[str]]:
    """Return the submission's line that asks, and the modules through which it does: Python's own and NumPy's.

    What another package does on its own account is not the submission's to change: then there is no such line.
    """
    through: set[str] = set()
    while frame is not None:
        if place := place_in(frame, frame.f_lineno):
            return place, through
        name = module_of(frame)
        through.add(name)
        if not packages_of([name]) <= {"numpy"} | sys.stdlib_module_names:
            break
        frame = frame.f_back
    return None, through


def _name(event: str, through: set[str]) -> str:
    """Return what the submission asks for as its author knows it: an event's name is that of what is deepest down."""
    if event == "import" or "multiprocessing" in packages_of(through):
        return "multiprocessing"
    return "socket.socket" if event == "socket.__new__" else event


def _is_in(path: str, folders: Iterable[str]) -> bool:
    return any(path == folder or path.startswith(folder.rstrip(os.sep) + os.sep) for folder in folders)


_watch: _Watch | None = None


def watch(confined: bool, writes: bool = True) -> None:
    """Listen, from now to the end of this process, to what the submission in it asks for; `confined` says that it is denied.

    `writes` says whether it may write files in its folder.
    """
    global _watch  # an audit hook is the process's own, and stays
    _watch = listener = _Watch(confined, writes)
    events = listener.events

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        # A loop may cause many events (id() is one), and a plain function hears of them in a quarter of a method's time.
        if event in events:
            # An exception here would keep the submission from what it does.
            with contextlib.suppress(Exception):
                listener.hear(event, arguments, sys._getframe(1))

    sys.addaudithook(hear)


def explained(error: BaseException, message: str) -> str:
    """Return an exception's message, in a sandbox with the sentence for what is not there."""
    denied = _watch.explain(error) if _watch and _watch.confined else None
    return f"{message[:_MOST_TEXT]}; {denied.value}" if denied else message


def noticed() -> dict[str, list[str]]:
    """Return what there is to say, and was not said yet, as a part of an answer: {} or {"noticed": sentences}."""
    notes = _watch.take() if _watch else []
    return {"noticed": notes} if notes else {}
