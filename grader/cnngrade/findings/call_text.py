"""The call that failed, as one would type it, `f(x, w, step=2)`, and below it the arrays: with numbers where these are few.

In a case whose inputs a student does not have no number of them is told, neither an array's nor an argument's.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cnngrade.findings.feature import is_one_number
from cnngrade.findings.signature import UNKNOWN, Signature, sayable
from cnngrade.safe_text import visible_line
from cnngrade.student.proxy import Call

WIDTH = 88


LINES = 3


# A literal that is longer is told below the call.
_SHORT = 24


# An array with its numbers that is longer is told only where the others are told with theirs.
_SHORT_ARRAY = 60


# Arrays of more numbers do not fit.
_MOST_NUMBERS = 60


# No line ends at these spaces; they are turned into ordinary ones at last.
_KEPT_SPACE = "\xa0"


def call_text(call: Call, signature: Signature, with_numbers: bool) -> str:
    """Return a call in at most LINES lines of WIDTH columns; `with_numbers` is False where the inputs are not the handout's.

    What equals its default is left out, and arguments that have a default are named.
    """
    args, kwargs = call.arguments()
    typed: list[str] = []
    below: dict[str, Any] = {}
    for name, value in signature.bound(args, kwargs).items():
        default = signature.defaults.get(name, UNKNOWN)
        if _is_same(value, default):
            continue
        text = literal(value, with_numbers)
        if text is None and (with_numbers or not _is_told_by_numbers(value)):
            below[name] = value
        is_named = name in kwargs or name in signature.defaults
        typed.append(f"{name}={text or '...'}" if is_named and name not in below else text or name)
    lines = in_lines(f"{visible_line(call.function)}({', '.join(typed)})", "", "    ")[:LINES]
    lines += _arrays(below, with_numbers, LINES - len(lines))
    return "\n".join(line if len(line) <= WIDTH else f"{line[: WIDTH - 4]} ..." for line in lines)


def in_lines(text: str, first: str, further: str, width: int = WIDTH) -> list[str]:
    """Return a text in lines of `width` columns, the first one and the others with what they begin with."""
    lines = textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=further, break_long_words=False, break_on_hyphens=False
    )
    return [line.replace(_KEPT_SPACE, " ") for line in lines]


def _is_same(value: Any, default: Any) -> bool:
    return type(value) is type(default) and sayable(value) is not UNKNOWN and bool(value == default)


def _is_told_by_numbers(value: Any) -> bool:
    """Say whether a value is a number, or a tuple or list of such: without its numbers there is nothing to say of it."""
    return is_one_number(value) or (isinstance(value, tuple | list) and bool(value) and all(map(_is_told_by_numbers, value)))


def literal(value: Any, with_numbers: bool) -> str | None:
    """Return a value as it stands in a call; None if it is too long for that, or may not be told."""
    if value is None or isinstance(value, bool | np.bool_ | str):
        text = visible_line(repr(bool(value) if isinstance(value, np.bool_) else value))
    elif is_one_number(value) and with_numbers:
        text = _number(value)
    elif isinstance(value, tuple | list) and 0 < len(value) <= _SHORT:
        parts = [literal(part, with_numbers) for part in value]
        if any(part is None for part in parts):
            return None
        inner = ", ".join(part or "" for part in parts)
        text = f"[{inner}]" if isinstance(value, list) else f"({inner}{',' if len(parts) == 1 else ''})"
    else:
        return None
    return text if len(text) <= _SHORT else None


def _number(value: Any) -> str:
    if isinstance(value, int | np.integer):
        # Python refuses to write out an int of thousands of digits.
        return str(int(value)) if int(value).bit_length() <= 64 else "a large int"
    return f"{float(value):.4g}"


def _arrays(below: Mapping[str, Any], with_numbers: bool, room: int) -> list[str]:
    """Return at most `room` lines that say what the names in a call stand for: numbers as far as they fit, else forms."""
    if not below or room <= 0:
        return []
    forms = {name: _form(name, value) for name, value in below.items()}
    numbers = {name: _with_numbers(name, value) if with_numbers else "" for name, value in below.items()}
    # All that there is, or of what is only a part the short ones.
    chosen = dict(numbers) if all(numbers.values()) else {}
    if not chosen or not _fits(lines := in_lines(_JOINT.join(chosen.values()), "  ", "  "), room):
        chosen = {name: text if text and len(text) <= _SHORT_ARRAY else forms[name] for name, text in numbers.items()}
        lines = in_lines(_JOINT.join(chosen.values()), "  ", "  ")
    if not _fits(lines, room):
        lines = in_lines(_JOINT.join(forms.values()), "  ", "  ")
    return lines if len(lines) <= room else [*lines[: room - 1], f"{lines[room - 1][: WIDTH - 4]} ..."]


_JOINT = "   "


def _fits(lines: Sequence[str], room: int) -> bool:
    return len(lines) <= room and all(len(line) <= WIDTH for line in lines)


def _form(name: str, value: Any) -> str:
    """Return what kind of thing a value is: an array's shape and dtype, how many items others hold."""
    if isinstance(value, np.ndarray):
        said = f"{value.shape} {value.dtype.name}"
    elif isinstance(value, Mapping | tuple | list):
        said = f"(a {type(value).__name__} of {len(value)})"
    else:
        said = f"(a value of type {type(value).__name__})"
    return f"{name} {said}".replace(" ", _KEPT_SPACE)


def _with_numbers(name: str, value: Any) -> str:
    """Return an array with its numbers, "" where they are too many or no plain numbers. A line may end between two rows."""
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "biuf" or not 0 < value.size <= _MOST_NUMBERS:
            return ""
        return _KEPT_SPACE.join((name, "=", _rows(value), value.dtype.name))
    if isinstance(value, tuple | list) and value and len(value) <= _MOST_NUMBERS and all(map(is_one_number, value)):
        return f"{name} = [{', '.join(map(_number, value))}]".replace(" ", _KEPT_SPACE)
    return ""


def _rows(value: np.ndarray[Any, Any]) -> str:
    if value.ndim == 0:
        return str(bool(value)) if value.dtype.kind == "b" else _number(value[()])
    parts: Sequence[str] = [_rows(np.asarray(part)) for part in value]
    between = f",{_KEPT_SPACE}" if value.ndim == 1 else ", "
    return f"[{between.join(parts)}]"
