"""What an exception went through: its lines, and what the submission's own functions held when it was raised.

Only looked at: types are asked for by identity, so that no code of the student's runs here.
"""

from __future__ import annotations

import itertools
import traceback
from collections.abc import Callable, Collection, Iterator
from types import CodeType, FrameType, TracebackType
from typing import Any

import numpy as np

_MOST_LINES = 30


_MOST_FRAMES = 4


_MOST_NAMES = 60


_MOST_PARTS = 10


_MOST_NESTED = 3


_MOST_WHOLE = 1 << 62


_MAX_NAME = 100


# NumPy puts together what a dtype is called whenever it is asked, which takes longer than all the rest of a value's form.
_DTYPE_NAMES = {np.dtype(code).num: str(np.dtype(code)) for code in "?bhilqBHILQefdgFDG"}


Line = tuple[str, int, str, str]
"""A line of a traceback: its file, number, function and text."""


Span = tuple[int, int, int, int]
"""Where an expression stands: its first and last line, and the columns (in bytes of UTF-8) at which it begins and ends."""


Form = tuple[Any, ...]
"""What a value is, in plain values: see `form_of`."""


Frame = tuple[int, Span, list[tuple[str, Form]]]
"""A frame of the submission's own: which line of the traceback it is, what of it was run, and the forms of its names."""


def form_of(value: Any, depth: int = 0) -> Form:
    """Return what a value is: ("array", dtype, shape), ("number", type, value), ("none",), or its parts, or its type alone.

    Of a tuple or list that is ("row", type, length, forms of the first), of a dict ("table", length, [(key, form)]), and of
    anything else ("other", type).
    """
    kind = type(value)
    if value is None:
        return ("none",)
    if kind is np.ndarray:
        return "array", _name_of(value.dtype), value.shape
    if kind is bool or kind is float or (kind is int and abs(value) < _MOST_WHOLE):
        return "number", kind.__name__, value
    if issubclass(kind, np.number | np.bool_) and value.dtype.kind in "biuf":
        return "number", _name_of(value.dtype), value.item() if value.dtype.itemsize <= 8 else float(value)
    if kind in (tuple, list) and depth < _MOST_NESTED:
        return "row", kind.__name__, len(value), [form_of(part, depth + 1) for part in value[:_MOST_PARTS]]
    if kind is dict and depth < _MOST_NESTED:
        items = [(key, part) for key, part in itertools.islice(value.items(), _MOST_PARTS) if type(key) is str]
        return "table", len(value), [(key[:_MAX_NAME], form_of(part, depth + 1)) for key, part in items]
    return "other", kind.__name__[:_MAX_NAME]


def _name_of(dtype: np.dtype[Any]) -> str:
    """Return what a dtype is called; one of the usual numbers, but in another order of bytes, has a name of its own."""
    return (_DTYPE_NAMES.get(dtype.num) if dtype.isnative else None) or str(dtype)[:_MAX_NAME]


def _names(frame: FrameType) -> Iterator[tuple[str, Any]]:
    """Yield what a function calls by name: its own names, then those of its module that it mentions."""
    yield from frame.f_locals.items()
    if frame.f_locals is not frame.f_globals:
        known = frame.f_globals
        yield from ((name, known[name]) for name in frame.f_code.co_names if name in known)


def _span(code: CodeType, instruction: int, line: int) -> Span:
    """Return what of a line is run by an instruction; columns are 0 where that is not known."""
    found = next(itertools.islice(code.co_positions(), instruction // 2, None), (None,) * 4)
    start, end, column, end_column = found
    return start or line, end or start or line, column or 0, end_column or 0


def _steps(error: BaseException) -> list[TracebackType]:
    """Return the steps of an exception's traceback, outermost first, whatever its class says of it."""
    step, found = vars(BaseException)["__traceback__"].__get__(error), []
    while step is not None:
        found.append(step)
        step = step.tb_next
    return found


def lines_and_frames(
    error: BaseException, ours: Collection[str], is_own: Callable[[FrameType], bool]
) -> tuple[list[Line], list[Frame]]:
    """Return the last lines of an exception's traceback, without those of the files `ours`, and its last own frames."""
    # Chosen before their lines are looked up: reading those files' own takes longer than the rest.
    steps = [step for step in _steps(error) if step.tb_frame.f_code.co_filename not in ours][-_MOST_LINES:]
    entries = traceback.StackSummary.extract(iter([(step.tb_frame, step.tb_lineno) for step in steps]))
    lines = [(entry.filename, entry.lineno or 0, entry.name, (entry.line or "")[:200]) for entry in entries]
    own = [index for index, step in enumerate(steps) if is_own(step.tb_frame)][-_MOST_FRAMES:]
    frames = []
    for index in own:
        frame = steps[index].tb_frame
        span = _span(frame.f_code, steps[index].tb_lasti, steps[index].tb_lineno or 0)
        # First come a function's own names: one of its module that is called the same is another.
        names: dict[str, Form] = {}
        for name, value in itertools.islice(_names(frame), _MOST_NAMES):
            names.setdefault(name[:_MAX_NAME], form_of(value))
        frames.append((index, span, list(names.items())))
    return lines, frames
