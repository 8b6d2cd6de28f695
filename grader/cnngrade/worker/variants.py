"""Calls of a function with small edits in it, and of which lines a call executes: what a search for the wrong line asks for.

A variant that does not compile, goes on for ever or asks for more memory than there is costs itself alone. The submission's own
module stays as it is, save what its code keeps in objects that it shares.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from types import FrameType, ModuleType
from typing import Any

import numpy as np

from cnngrade.errors import TooLarge, WireError
from cnngrade.worker import wire
from cnngrade.worker.arguments import Snapshot, copied, shares, snapshot
from cnngrade.worker.cells import Cell, kinds_of
from cnngrade.worker.edits import Program

ANSWERED, CUT, LARGE, UNSENDABLE, NO_CODE = "", "(cut)", "(large)", "(unsendable)", "(no code)"
"""How a variant ended that raised nothing of its own."""


MOST_LINES = 200_000
"""After so many executed lines a call is no longer followed."""


_STEPS = "__cnngrade_steps__"


# A variant may take this share of the seconds that all have.
_SHARE = 4


# How many turns of loops pass between looks at the clock.
_LOOK = 64


# Seconds between the cuts of code that goes on after one.
_AGAIN = 0.05


_MOST_MEMORY = 256 << 20


# Characters that the entries of all answers together may take: far fewer than the wire allows parts.
_MOST_ENTRIES = 1 << 20


End = tuple[int, bool, bool, str, int, int]
"""How a variant ended: the number of its answer from 1 (0: none), whether an argument was changed and whether the answer shares
memory with one, the exception's class or one of the words above, and the cell and line at which it came out of the student's
code (0, 0 where none of it did)."""


_CUT: End = (0, False, False, CUT, 0, 0)


class _TooLong(BaseException):
    """Cuts a variant short."""


class _Nowhere:
    """Where variants print to."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        """Drop a text."""
        return len(text)

    def flush(self) -> None:
        """Nothing to write out."""

    def isatty(self) -> bool:
        """It is no terminal."""
        return False


class Lines:
    """Which cell a line of a file belongs to: the cells of a script are parts of one file."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._starts: dict[str, list[tuple[int, int]]] = {}
        for number, cell in enumerate(cells):
            self._starts.setdefault(cell.filename, []).append((cell.first_line, number))

    def files(self) -> Collection[str]:
        """Return the names of the files."""
        return self._starts.keys()

    def cell(self, filename: str, line: int) -> int:
        """Return the number of the last cell of the file that begins at or before the line."""
        cells = self._starts[filename]
        return next((number for start, number in reversed(cells) if start <= line), cells[0][1])

    def raised(self, error: BaseException) -> tuple[int, int]:
        """Return cell and line at which an exception came out of the deepest frame of these files; (0, 0) if out of none."""
        found, trace = (0, 0), error.__traceback__
        while trace is not None:
            if (filename := trace.tb_frame.f_code.co_filename) in self._starts:
                found = self.cell(filename, trace.tb_lineno or 0), trace.tb_lineno or 0
            trace = trace.tb_next
        return found


def covered(call: Callable[[], object], cells: Sequence[Cell]) -> list[tuple[int, int]]:
    """Make a call and return the lines of the cells that it executes, (cell, line), whether it ends well or raises."""
    lines, found, left = Lines(cells), set[tuple[str, int]](), MOST_LINES
    files = lines.files()

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal left
        if frame.f_code.co_filename not in files:
            return None
        if event == "line":
            found.add((frame.f_code.co_filename, frame.f_lineno))
            left -= 1
            if left < 0:
                raise _TooLong
        return trace

    before = sys.gettrace()
    with _quiet():
        sys.settrace(trace)
        try:
            call()
        except BaseException:
            # What it executed before is what was asked for.
            pass
        finally:
            sys.settrace(before)
    return sorted((lines.cell(filename, line), line) for filename, line in found)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Drop what is printed, and warn of nothing."""
    nowhere: Any = _Nowhere()
    with (
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
    ):
        warnings.simplefilter("ignore")
        yield


def _spoilt(array: Any) -> Any:
    """Fill a new array with what is no answer."""
    if type(array) is np.ndarray and array.dtype.kind in "fciu":
        array.fill(np.nan if array.dtype.kind in "fc" else np.iinfo(array.dtype).max)
    return array


@contextlib.contextmanager
def _nothing_left_behind() -> Iterator[None]:
    """Let np.empty hold nothing that another variant has left in the memory: that may be the right answer."""
    names = ("empty", "empty_like")
    before = {name: getattr(np, name) for name in names}
    try:
        for name in names:
            setattr(np, name, lambda *args, _make=before[name], **kwargs: _spoilt(_make(*args, **kwargs)))
        yield
    finally:
        for name in names:
            setattr(np, name, before[name])


@contextlib.contextmanager
def _less_memory() -> Iterator[None]:
    """Let this process have no more than so much more memory than it has, where the system can be asked for that."""
    if sys.platform != "linux":
        yield
        return
    import resource  # there is none on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123  # no path of anybody's
            now = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        most = now + _MOST_MEMORY
        lowered = most if soft == resource.RLIM_INFINITY else min(most, soft)
        resource.setrlimit(resource.RLIMIT_AS, (lowered, hard))
    except (OSError, ValueError):
        # A sandbox that denies this has limits of its own.
        yield
        return
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


_as_strided = np.lib.stride_tricks.as_strided


def _within_its_array(x: Any, shape: Any = None, strides: Any = None, *args: Any, **kwargs: Any) -> Any:
    """Do what `as_strided` does where the view lies in the memory of its array; elsewhere it would end the process."""
    view = _as_strided(x, shape, strides, *args, **kwargs)
    owner = np.asarray(x)
    while isinstance(owner.base, np.ndarray):
        owner = owner.base
    first, behind = np.lib.array_utils.byte_bounds(owner)
    if view.size:
        lowest, highest = np.lib.array_utils.byte_bounds(view)
        if lowest < first or highest > behind:
            raise ValueError("the view is larger than its array")
    return view


@contextlib.contextmanager
def _checked_views() -> Iterator[None]:
    np.lib.stride_tricks.as_strided = _within_its_array
    try:
        yield
    finally:
        np.lib.stride_tricks.as_strided = _as_strided


def _steps(most: int, until: float) -> Callable[[], None]:
    """Return what ends a variant after so many calls, or when its time is over."""

    def count() -> Iterator[None]:
        for number in range(most):
            if number % _LOOK == 0 and time.perf_counter() > until:
                break
            yield
        raise _TooLong

    counting = count()

    def step() -> None:
        # A generator that has ended raises StopIteration, which code may take for its own.
        if next(counting, counting) is counting:
            raise _TooLong

    return step


class _Alarm:
    """Cuts short what counts no steps: functions that a variant calls, and that have no edits.

    Where there is no such alarm (Windows, another thread than the first) only the judge can end those.
    """

    def __init__(self) -> None:
        self._works = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
        self._before: Any = None

    def __enter__(self) -> _Alarm:
        if self._works:
            self._before = signal.signal(signal.SIGALRM, self._ring)
        return self

    @staticmethod
    def _ring(_number: int, _frame: FrameType | None) -> None:
        raise _TooLong

    def set(self, seconds: float) -> None:
        """Raise after so many seconds, and again where code goes on all the same; 0 is never."""
        if self._works:
            signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN if seconds else 0.0)

    def __exit__(self, *_: object) -> None:
        if self._works:
            signal.setitimer(signal.ITIMER_REAL, 0.0)
            signal.signal(signal.SIGALRM, self._before)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What variants may take: turns of loops and calls each, bytes of answers and seconds by the clock all together."""

    steps: int
    answer_bytes: int
    seconds: float


@dataclass(slots=True)
class Outcomes:
    """What came of variants: the distinct answers and ends, and for each choice that was tried the number of its end."""

    answers: list[Any] = field(default_factory=list)
    ends: list[End] = field(default_factory=list)
    which: list[int] = field(default_factory=list)
    _known_answers: dict[Any, int] = field(default_factory=dict)
    _known_ends: dict[End, int] = field(default_factory=dict)
    _bytes: int = 0
    _parts: int = 0

    def add(self, end: End) -> None:
        """Note how the next choice ended."""
        number = self._known_ends.setdefault(end, len(self.ends))
        if number == len(self.ends):
            self.ends.append(end)
        self.which.append(number)

    def number_of(self, answer: Any, most_bytes: int) -> tuple[int, str]:
        """Return the number of an answer from 1 and "", or 0 and why it cannot be told."""
        try:
            packed = wire.parcel({"value": answer})
            key = hashlib.sha256(b"".join((packed.entries.encode(), *packed.blobs))).digest()
            number = self._known_answers.get(key)
            if number is None:
                size = len(packed.entries) + sum(map(len, packed.blobs))
                # Each part of an answer (a list, a key, a number) takes some characters of its entries.
                if self._bytes + size > most_bytes or self._parts + len(packed.entries) > _MOST_ENTRIES:
                    return 0, LARGE
                self._bytes, self._parts = self._bytes + size, self._parts + len(packed.entries)
                # What travels is what was packed: a value may change itself later.
                self.answers.append(wire.unpack(packed.frame())["value"])
                number = self._known_answers[key] = len(self.answers)
            return number, ANSWERED
        except WireError as error:
            return 0, LARGE if isinstance(error, TooLarge) else UNSENDABLE


class Variants:
    """Calls one function with edits in it, many times, on copies of the same arguments."""

    def __init__(self, module: ModuleType, cells: Sequence[Cell], function: str, others: Collection[str]) -> None:
        self._module = module
        self._function = function
        self._lines = Lines(cells)
        self._program = Program(cells, function, others)

    def called(
        self, choices: Sequence[Sequence[int]], args: tuple[Any, ...], kwargs: dict[str, Any], bounds: Bounds
    ) -> Outcomes:
        """Call each variant once, until all are called or the seconds are over."""
        outcomes = Outcomes()
        before = snapshot((*args, *kwargs.values()))
        start = time.perf_counter()
        end = start + bounds.seconds
        with _quiet(), _less_memory(), _checked_views(), _nothing_left_behind(), _Alarm() as alarm:
            for choice in choices:
                now = time.perf_counter()
                if now >= end:
                    break
                until = min(end, now + bounds.seconds / _SHARE)
                own = copied(args), copied(kwargs)
                try:
                    alarm.set(until - now + _AGAIN)
                    try:
                        ended = self._end(choice, *own, before, _steps(bounds.steps, until), outcomes, bounds)
                    finally:
                        alarm.set(0.0)
                except _TooLong:
                    # It rang while what came of the variant was looked at.
                    ended = _CUT
                outcomes.add(ended)
        return outcomes

    def _end(
        self,
        choice: Sequence[int],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        before: Snapshot,
        step: Callable[[], None],
        outcomes: Outcomes,
        bounds: Bounds,
    ) -> End:
        try:
            function = self._made(choice, step)
        except BaseException:
            return 0, False, False, NO_CODE, 0, 0
        np.random.seed(0)  # what the student's code draws from
        random.seed(0)
        try:
            value = function(*args, **kwargs)
            changed = before != snapshot((*args, *kwargs.values()))
            answer, why = outcomes.number_of(value, bounds.answer_bytes)
            return answer, changed, shares(value, (*args, *kwargs.values())), why, 0, 0
        except _TooLong:
            return _CUT
        except BaseException as error:
            # The student's code may raise anything, and so may what it answers when it is looked at.
            return 0, False, False, kinds_of(error)[0], *self._lines.raised(error)

    def _made(self, choice: Sequence[int], step: Callable[[], None]) -> Callable[..., object]:
        """Return the function with edits, among names of its own: no other variant sees what it binds, nor does the module."""
        names = dict(vars(self._module))
        names |= {key: _within_its_array for key, value in names.items() if value is _as_strided}
        names[_STEPS] = step
        for _, code in self._program.definitions(choice, _STEPS):
            exec(code, names)
        function = names[self._function]
        if not callable(function):
            raise TypeError("the name is that of a value")
        return function  # type: ignore[no-any-return]
