"""Is it vectorised? Counts the Python bytecodes that a call executes: the same number on every machine and under every load.

The count on a tiny input is held against the counts on inputs of which one axis is longer, and longer still. Code that leaves
an axis to NumPy executes the same bytecodes however long it is; code that loops over it in Python executes some more for every
step. What is slow inside C (arrays of Python objects, for one) is not seen here: that is what the clock is for.

Where the interpreter offers it (`sys.monitoring`, from Python 3.12) all threads are counted, before that those that are
started during the call. The code that is counted runs in this process and may tamper with its counting: a low count proves
nothing.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import sys
import threading
from collections.abc import Callable, Sequence
from types import CodeType, FrameType
from typing import Any

MOST = 50_000
"""At so many bytecodes a call is cut short."""
ENLARGED = 3
"""By how many entries an axis is made longer, and then longer still."""
STEP = 8
"""An axis is looped over if each entry more costs more bytecodes than this."""
_ALLOWED = STEP * ENLARGED


# Numbers of tools, those first that no kind of tool has for itself.
_TOOLS = (4, 3, 5, 2, 1)


class _Enough(BaseException):
    """Cuts a call short."""


class _Counter:
    """Counts up to `most` + 1 and raises there, once: code that catches everything saves its loop, and not its count."""

    def __init__(self, most: int) -> None:
        self.count = 0
        # A closure: this is called for every bytecode.
        count = 0

        def step(*_event: object) -> Any:
            nonlocal count
            count += 1
            if count > most and not self.count:
                self.count = count
                raise _Enough
            return step

        self.step = step
        self.total: Callable[[], int] = lambda: min(count, most + 1)


def _traced(call: Callable[[], object], counter: _Counter) -> None:
    def trace(frame: FrameType, _event: str, _argument: object) -> Callable[..., Any]:
        frame.f_trace_lines, frame.f_trace_opcodes = False, True
        return counter.step

    before, before_in_threads = sys.gettrace(), threading.gettrace()
    threading.settrace(trace)
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
        threading.settrace(before_in_threads)  # type: ignore[arg-type, unused-ignore]  # None is what it was


def _monitored(call: Callable[[], object], counter: _Counter) -> None:
    monitoring = sys.monitoring  # type: ignore[attr-defined, unused-ignore]  # from Python 3.12
    tool = next((number for number in _TOOLS if monitoring.get_tool(number) is None), None)
    if tool is None:
        _traced(call, counter)
        return
    event = monitoring.events.INSTRUCTION

    def executed(_code: CodeType, _offset: int) -> None:
        counter.step()

    monitoring.use_tool_id(tool, __name__)
    try:
        monitoring.register_callback(tool, event, executed)
        monitoring.set_events(tool, event)
        call()
    finally:
        monitoring.set_events(tool, 0)
        monitoring.register_callback(tool, event, None)
        monitoring.free_tool_id(tool)


def count(call: Callable[[], object], most: int = MOST) -> int:
    """Return how many bytecodes a call executes, `most` + 1 if that is more than `most`; raises what the call raises."""
    counter = _Counter(most)
    # What a garbage collection runs (callbacks, finalisers) would be counted as well, now and then.
    collecting = gc.isenabled()
    gc.disable()
    try:
        with contextlib.suppress(_Enough):
            (_monitored if hasattr(sys, "monitoring") else _traced)(call, counter)
    finally:
        if collecting:
            gc.enable()
    return counter.total()


def counts(function: Callable[..., object], inputs: Sequence[tuple[Any, ...]]) -> list[int]:
    """Return the bytecodes of a call on each of `inputs`: a tiny one, then two for each axis, longer and longer still.

    The second of an axis is called only where the first took more than the tiny one, and no further than needed to see that it
    goes on; otherwise its count is 0. One call before is not counted: it imports and compiles what there is to import and to
    compile. Raises what the function raises, and ValueError if `inputs` are not as many as that.
    """
    if len(inputs) % 2 == 0:
        raise ValueError(f"a tiny input and two for each axis are an odd number, not {len(inputs)}")
    function(*inputs[0])
    tiny = count(lambda: function(*inputs[0]))
    found = [tiny]
    for long, longer in zip(inputs[1::2], inputs[2::2], strict=True):
        more = count(functools.partial(function, *long))
        found += [more, count(functools.partial(function, *longer), more + _ALLOWED) if more > tiny + _ALLOWED else 0]
    return found


def looped_axes(axes: Sequence[str], found: Sequence[int]) -> tuple[str, ...]:
    """Return the axes that are looped over, given their `counts`: the bytecodes grow from the tiny input on, and grow on.

    Growth that stops is a branch that short axes do not take. Raises ValueError if the counts are not as many as the axes need.
    """
    if len(found) != 2 * len(axes) + 1:
        raise ValueError(f"{len(axes)} axes have {2 * len(axes) + 1} counts, not {len(found)}")
    tiny, pairs = found[0], zip(found[1::2], found[2::2], strict=True)
    return tuple(
        axis for axis, (long, longer) in zip(axes, pairs, strict=True) if long > tiny + _ALLOWED and longer > long + _ALLOWED
    )
