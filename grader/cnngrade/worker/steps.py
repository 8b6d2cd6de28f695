"""Is it vectorised? Counts the steps that a call takes in Python: the same number on every machine and under every load.

A step is taken wherever Python goes round: a jump back in a loop or comprehension, a function that begins, a generator that
goes on. The count on a tiny input is compared with the counts on inputs of which one axis is longer, and longer still. Code
that leaves an axis to NumPy takes the same steps however long it is; code that loops over it in Python takes at least one for
every entry. Bytecodes differ between versions of Python, steps do not.

What C code calls by itself (`map(max, rows)`) and what is slow inside it (arrays of Python objects) is not seen here: that is
what the clock is for. All threads are counted; in Python 3.11, which has no `sys.monitoring`, those that an earlier call left
running only if a `ThreadPoolExecutor` has them. How often threads wait for one another is chance, so what the library does for
that is not counted.
The code that is counted runs in this process and may tamper with its counting: a low count proves nothing.
"""

from __future__ import annotations

import _thread
import contextlib
import functools
import gc
import importlib.util
import itertools
import opcode
import re
import selectors
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

MOST = 100_000
"""At this count a call is cut short."""


ENLARGED = 6
"""By how many entries an axis is made longer, and then longer still."""


GROWTH = 3
"""A count that grows by at least this much from an axis to the longer one shows a loop: a step for every second entry.

What takes a step whenever an axis is twice as long stays below it."""


# Numbers of tools: first those that no kind of tool has for itself.
_TOOLS = (4, 3, 5, 2, 1)


# Comprehensions begin as functions do before Python 3.12, and are part of the function around them from there on.
_NO_FUNCTIONS = ("<listcomp>", "<setcomp>", "<dictcomp>")


class _Enough(BaseException):
    """Cuts a call short."""


# Parts of the libraries: what waits for threads and starts them, and what is written in C from Python 3.12 on.
_FILES = (
    *("threading.py", "queue.py", "selectors.py", "weakref.py", "_weakrefset.py", "concurrent", "multiprocessing"),
    *("re/__init__.py", "re/_parser.py"),
)


# What plans how einsum combines its operands does so at length and for no axis. What writes an array as text goes over its
# numbers, and so does `asyncio.run` of Python 3.11 and 3.12, which has the answer written for an error that it catches.
_NUMPY_FILES = ("_core/einsumfunc.py", "_core/arrayprint.py")


def _files_in(package: str, names: Sequence[str]) -> list[str]:
    """Return files as the code objects of a package name them, none if it is not installed."""
    found = importlib.util.find_spec(package)
    return [str(Path(found.origin).parent / name) for name in names] if found and found.origin else []


# A call that is cut short here, on its way out, would leave its tracing switched on.
_LEFT_OUT = (__file__, *_files_in("threading", _FILES), *_files_in("numpy", _NUMPY_FILES))


@functools.cache
def _is_left_out(file: str) -> bool:
    return file.startswith(_LEFT_OUT)


# What polls for others makes one of these for each, by code that names no file.
_MADE_BY_POLLS = selectors.SelectorKey.__new__.__code__


def _begins(code: CodeType) -> bool:
    """Say whether it is a step when this code begins or goes on."""
    return code.co_name not in _NO_FUNCTIONS and code is not _MADE_BY_POLLS


class _Counter:
    """Counts the steps of calls, one after the other, up to `most` + 1 each, and raises there, once a call.

    Code that catches everything saves its loop, and not its count. It raises in the thread that made the call: another, if it
    ended, might be one that this thread waits for, or a later call.
    """

    def __init__(self, most: int) -> None:
        self.most, self.limit = most, most
        # Threads count together, and none may overwrite what another counted.
        self.numbers = itertools.count(1)
        self.cut, self.over, self._caller = False, False, threading.get_ident()
        # What has to be done for each call, since Python ends the tracing of one that is cut short.
        self.followed: Callable[[Callable[..., object]], Callable[..., object]] = lambda call: call

    def step(self) -> None:
        """Count a step; if that is one too many, cut the call short, once and in its own thread."""
        if next(self.numbers) > self.limit and not self.cut and threading.get_ident() == self._caller:
            self.cut = True
            raise _Enough

    def of(self, call: Callable[[], object]) -> int:
        """Return the steps of a call, `most` + 1 if they are more than `most`; raises what the call raises."""
        before = next(self.numbers)
        self.cut, self.limit = False, before + self.most
        try:
            self.followed(call)()
        except BaseException:
            # What a call makes of being cut short is not its own failure.
            if not self.cut:
                raise
        finally:
            steps = min(next(self.numbers) - before - 1, self.most + 1)
            self.limit = sys.maxsize
        return steps


_BACK = re.compile(b"[" + re.escape(bytes(code for name, code in opcode.opmap.items() if "JUMP_BACKWARD" in name)) + b"]")


@functools.cache
def _has_loops(code: CodeType) -> bool:
    return bool(_BACK.search(code.co_code[::2]))


@contextlib.contextmanager
def _replaced(*replacements: tuple[Any, str, Any]) -> Iterator[None]:
    """Give attributes of modules and classes other values meanwhile."""
    before = [getattr(owner, name) for owner, name, _ in replacements]
    for owner, name, value in replacements:
        setattr(owner, name, value)
    try:
        yield
    finally:
        for (owner, name, _), value in zip(replacements, before, strict=True):
            setattr(owner, name, value)


def _tracer(counter: _Counter, settrace: Callable[[Any], None]) -> Callable[[FrameType, str, object], Any]:
    """Return a trace function that counts frames that begin or go on, and lines that come after a jump back."""
    step = counter.step

    def lines(last: int, last_line: int | None) -> Any:
        def line(frame: FrameType, event: str, _argument: object) -> Any:
            nonlocal last, last_line
            if counter.over:
                settrace(None)
                return None
            if event == "line":
                # A line is told of when another begins and, whichever it is, after a jump back.
                if frame.f_lasti <= last or frame.f_lineno == last_line:
                    step()
                last, last_line = frame.f_lasti, frame.f_lineno
            return line

        return line

    def trace(frame: FrameType, _event: str, _argument: object) -> Any:
        if counter.over:
            # A thread that the call has left behind: only the thread itself can end its tracing.
            settrace(None)
            return None
        code = frame.f_code
        if _is_left_out(code.co_filename):
            return None
        if _begins(code):
            step()
        if not _has_loops(code):
            return None
        return lines(frame.f_lasti, frame.f_lineno) if frame.f_trace else lines(-1, None)

    return trace


@contextlib.contextmanager
def _traced(counter: _Counter) -> Iterator[None]:
    """Count what is traced."""
    settrace = sys.settrace
    trace = _tracer(counter, settrace)

    def followed(function: Callable[..., object]) -> Callable[..., object]:
        def follow(*args: Any, **kwargs: Any) -> object:
            before = sys.gettrace()
            settrace(trace)
            try:
                return function(*args, **kwargs)
            finally:
                settrace(before)

        return follow

    counter.followed = followed
    with _replaced(*_where_threads_begin(followed), (sys, "settrace", lambda _function: None)):
        yield


def _where_threads_begin(followed: Callable[[Callable[..., object]], Callable[..., object]]) -> list[tuple[Any, str, Any]]:
    """Return what to replace so that new threads are traced, and those of pools that an earlier call began."""
    begin = _thread.start_new_thread

    def begin_followed(function: Callable[..., object], args: tuple[Any, ...], kwargs: dict[str, Any] | None = None) -> int:
        return begin(followed(function), args, kwargs or {})

    replacements: list[tuple[Any, str, Any]] = [
        (_thread, "start_new_thread", begin_followed),
        (threading, "_start_new_thread", begin_followed),
    ]
    if pools := sys.modules.get("concurrent.futures.thread"):
        replacements.append((pools._WorkItem, "run", followed(pools._WorkItem.run)))
    return replacements


@contextlib.contextmanager
def _monitored(counter: _Counter) -> Iterator[None]:
    """Count what `sys.monitoring` tells of, in all threads."""
    monitoring, step = sys.monitoring, counter.step  # type: ignore[attr-defined, unused-ignore]  # from Python 3.12
    tool = next((number for number in _TOOLS if monitoring.get_tool(number) is None), None)
    if tool is None:
        # Somebody has taken all there are, to hide from being counted.
        tool = _TOOLS[0]
        monitoring.free_tool_id(tool)

    def begins(code: CodeType, _offset: int) -> Any:
        if _is_left_out(code.co_filename) or not _begins(code):
            return monitoring.DISABLE
        step()
        return None

    def jumps(code: CodeType, offset: int, destination: int) -> Any:
        if destination > offset or _is_left_out(code.co_filename):
            return monitoring.DISABLE
        step()
        return None

    events = monitoring.events
    callbacks = {events.PY_START: begins, events.PY_RESUME: begins, events.JUMP: jumps}
    monitoring.use_tool_id(tool, __name__)
    try:
        for event, callback in callbacks.items():
            monitoring.register_callback(tool, event, callback)
        monitoring.set_events(tool, events.PY_START | events.PY_RESUME | events.JUMP)
        yield
    finally:
        monitoring.set_events(tool, 0)
        for event in callbacks:
            monitoring.register_callback(tool, event, None)
        monitoring.free_tool_id(tool)


@contextlib.contextmanager
def _counting(most: int) -> Iterator[_Counter]:
    """Give a counter of calls."""
    counter = _Counter(most)
    # What a garbage collection runs (callbacks, finalisers) would be counted as well, now and then.
    collecting = gc.isenabled()
    gc.disable()
    try:
        with _monitored(counter) if hasattr(sys, "monitoring") else _traced(counter):
            yield counter
    finally:
        counter.over = True
        if collecting:
            gc.enable()


def count(call: Callable[[], object], most: int = MOST) -> int:
    """Return the steps of a call, `most` + 1 if they are more than `most`; raises what the call raises."""
    with _counting(most) as counter:
        return counter.of(call)


def counts(function: Callable[..., object], inputs: Sequence[tuple[Any, ...]]) -> list[int]:
    """Return the steps of a call on each of `inputs`, of which the first is the smallest.

    A function that is cut short on that one already is not called on others, and their counts are 0: its axes cannot be told
    apart. What a first call imports and compiles is counted as well: the function should have been called on these inputs
    before. Raises what the function raises.
    """
    found: list[int] = []
    with _counting(MOST) as counter:
        for args in inputs:
            try:
                found.append(counter.of(functools.partial(function, *args)))
            except BaseException:
                # What a call that was cut short has left half done may make the next one fail.
                if max(found, default=0) <= MOST:
                    raise
                break
            if found[0] > MOST:
                break
    return found + [0] * (len(inputs) - len(found))
