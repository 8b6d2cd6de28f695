"""Is it vectorised? Counts the Python bytecodes that a call executes: the same number on every machine and under every load.

The count on a tiny input is compared with the counts on inputs of which one axis is longer, and longer still. Code that leaves
an axis to NumPy executes the same bytecodes however long it is; code that loops over it in Python executes some more for every
step. A call weighs more than any other bytecode: `[max(row) for row in rows]` is a loop, though all that is executed for a row
is a call of C code. What C code calls by itself (`map(max, rows)`) and what is slow inside it (arrays of Python objects) is not
seen here: that is what the clock is for.

Where the interpreter offers it (`sys.monitoring`, from Python 3.12) all threads are counted, before that those of calls that
begin without any: a thread that runs already cannot be traced, and half of a pool would be counted now and not then. How often
threads wait for one another is chance, so what the library does for that is not counted.
The code that is counted runs in this process and may tamper with its counting: a low count proves nothing.
"""

from __future__ import annotations

import functools
import gc
import inspect
import itertools
import opcode
import re
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import numpy as np

MOST = 100_000
"""At this count a call is cut short."""


ENLARGED = 3
"""By how many entries an axis is made longer, and then longer still."""


STEP = 8
"""An axis is looped over if each further entry counts for more than this."""


CALL = STEP
"""What a call counts for besides its own bytecode: a single one for each entry makes a loop."""


GROWTH = STEP * ENLARGED
"""A count that grows by no more than this from an axis to the longer one shows no loop."""


# Numbers of tools: first those that no kind of tool has for itself.
_TOOLS = (4, 3, 5, 2, 1)


class _Enough(BaseException):
    """Cuts a call short."""


# What waits for threads and starts them, and what plans how einsum combines its operands, at length and for no axis: parts of
# the libraries, as their code objects name them.
_FILES = ("threading.py", "queue.py", "weakref.py", "_weakrefset.py", "concurrent", "multiprocessing")


_LEFT_OUT = (
    # A call that is cut short here, on its way out, would leave its tracing switched on.
    __file__,
    *(str(Path(threading.__file__).with_name(name)) for name in _FILES),
    inspect.unwrap(np.einsum).__code__.co_filename,
)


@functools.cache
def _is_left_out(file: str) -> bool:
    return file.startswith(_LEFT_OUT)


class _Counter:
    """Counts up to `most` + 1 and raises there, once: code that catches everything saves its loop, and not its count.

    It raises in the thread that made the call: another, if it ended, might be one that this thread waits for, or a later call.
    """

    def __init__(self, most: int) -> None:
        self.most, self.over = most, False
        # Threads count together, and none may overwrite what another counted.
        self.numbers = itertools.count(1)
        self.cut, self._caller = False, threading.get_ident()

    def beyond(self) -> None:
        """Cut the call short, unless this has been done or the thread is not the call's own."""
        if not self.cut and threading.get_ident() == self._caller:
            self.cut = True
            raise _Enough

    def total(self) -> int:
        return min(next(self.numbers) - 1, self.most + 1)


_CALL_CODES = bytes(opcode.opmap[name] for name in ("CALL", "CALL_KW", "CALL_FUNCTION_EX") if name in opcode.opmap)


_CALLS = re.compile(b"[" + re.escape(_CALL_CODES) + b"]")
"""What finds the calls among instructions: a worker looks through the code of many functions, each once."""


@functools.cache
def _calls_in(code: CodeType) -> frozenset[int]:
    """Return the offsets of the calls among the instructions of a code object."""
    return frozenset(2 * found.start() for found in _CALLS.finditer(code.co_code[::2]))


def _traced(call: Callable[[], object], counter: _Counter) -> None:
    numbers, most = counter.numbers, counter.most
    tracing: dict[int, tuple[CodeType, Any]] = {}

    def executed_in(calls: frozenset[int]) -> Any:
        def executed(frame: FrameType, _event: str, _argument: object) -> Any:
            if counter.over:
                # A thread that the call has left behind: only the thread itself can end its tracing.
                sys.settrace(None)
                return None
            number = next(itertools.islice(numbers, CALL, None) if frame.f_lasti in calls else numbers)
            if number > most:
                counter.beyond()
            return executed

        return executed

    def trace(frame: FrameType, _event: str, _argument: object) -> Any:
        if counter.over:
            sys.settrace(None)
            return None
        code = frame.f_code
        if _is_left_out(code.co_filename):
            return None
        frame.f_trace_lines, frame.f_trace_opcodes = False, True
        if id(code) not in tracing:
            tracing[id(code)] = code, executed_in(_calls_in(code))
        return tracing[id(code)][1]

    before, before_in_threads = sys.gettrace(), threading.gettrace()
    if threading.active_count() == 1:
        threading.settrace(trace)
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
        threading.settrace(before_in_threads)  # type: ignore[arg-type, unused-ignore]  # None is what it was
        counter.over = True


def _monitored(call: Callable[[], object], counter: _Counter) -> None:
    monitoring = sys.monitoring  # type: ignore[attr-defined, unused-ignore]  # from Python 3.12
    tool = next((number for number in _TOOLS if monitoring.get_tool(number) is None), None)
    if tool is None:
        _traced(call, counter)
        return

    event, numbers, most = monitoring.events.INSTRUCTION, counter.numbers, counter.most
    calls: dict[int, tuple[CodeType, frozenset[int]]] = {}

    def executed(code: CodeType, offset: int) -> Any:
        found = calls.get(id(code))
        if found is None:
            if _is_left_out(code.co_filename):
                return monitoring.DISABLE
            found = calls[id(code)] = code, _calls_in(code)
        if next(itertools.islice(numbers, CALL, None) if offset in found[1] else numbers) > most:
            counter.beyond()
        return None

    monitoring.use_tool_id(tool, __name__)
    try:
        monitoring.register_callback(tool, event, executed)
        monitoring.set_events(tool, event)
        call()
    finally:
        monitoring.set_events(tool, 0)
        monitoring.register_callback(tool, event, None)
        monitoring.free_tool_id(tool)
        counter.over = True


def count(call: Callable[[], object], most: int = MOST) -> int:
    """Return what the bytecodes of a call count for, `most` + 1 if that is more than `most`; raises what the call raises."""
    counter = _Counter(most)
    # What a garbage collection runs (callbacks, finalisers) would be counted as well, now and then.
    collecting = gc.isenabled()
    gc.disable()
    try:
        (_monitored if hasattr(sys, "monitoring") else _traced)(call, counter)
    except BaseException:
        # What a call makes of being cut short is not its own failure.
        if not counter.cut:
            raise
    finally:
        if collecting:
            gc.enable()
    return counter.total()


def counts(function: Callable[..., object], inputs: Sequence[tuple[Any, ...]]) -> list[int]:
    """Return the counts of a call on each of `inputs`: a tiny one, then two for each axis, longer and longer still.

    The second of an axis is called only where the first took more than the tiny one; otherwise its count is 0. A function that
    is cut short on the tiny input already is not called on longer ones, and their counts are 0: its axes cannot be told apart.
    One call before is not counted: it imports and compiles what there is to import and to compile. Raises what the function
    raises, and ValueError if `inputs` are not as many as that.
    """
    if len(inputs) % 2 == 0:
        raise ValueError(f"a tiny input and two for each axis are an odd number, not {len(inputs)}")
    function(*inputs[0])
    tiny = count(functools.partial(function, *inputs[0]))
    found = [tiny]
    if tiny <= MOST:
        for long, longer in zip(inputs[1::2], inputs[2::2], strict=True):
            try:
                more = count(functools.partial(function, *long))
                found += [more, count(functools.partial(function, *longer)) if more > tiny + GROWTH else 0]
            except BaseException:
                # What a call that was cut short has left half done may make the next one fail.
                if max(found) <= MOST:
                    raise
                break
    return found + [0] * (len(inputs) - len(found))
