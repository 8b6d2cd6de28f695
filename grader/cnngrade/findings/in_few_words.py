"""A wrong answer and the right one, each in a few words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from cnngrade.answers.fingerprint import fingerprint
from cnngrade.errors import StudentFailure, StudentRaised
from cnngrade.findings.call_text import literal
from cnngrade.safe_text import visible_line

_MOST = 120

# An array of more numbers is told by the first that differs.
_FEW_NUMBERS = 12


def in_few_words(value: Any, other: Any) -> str:
    """Return what came of a call, an answer or a StudentFailure, as far as it is other than `other`."""
    text = _told(value, other)
    return text if len(text) <= _MOST else f"{text[: _MOST - 4]} ..."


def _told(value: Any, other: Any) -> str:
    if isinstance(value, StudentRaised):
        return visible_line(f"{(value.kinds or ('Exception',))[0]}: {value.message}")
    if isinstance(value, StudentFailure):
        return visible_line(str(value))
    if isinstance(value, np.ndarray):
        return _array(value, other)
    for name, part, right in _parts(value, other):
        if not fingerprint(part).agrees(fingerprint(right)):
            return f"{name}: {_told(part, right)}"
    return literal(value, with_numbers=True) or _kind(value)


def _parts(value: Any, other: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield the parts of two answers of one form, with what to call them."""
    if isinstance(value, tuple | list) and isinstance(other, tuple | list) and len(value) == len(other):
        for index, (part, right) in enumerate(zip(value, other, strict=True)):
            yield f"part {index}", part, right
    elif isinstance(value, dict) and isinstance(other, dict) and value.keys() == other.keys():
        for key, part in value.items():
            yield visible_line(repr(key)), part, other[key]


def _kind(value: Any) -> str:
    if isinstance(value, tuple | list | dict):
        return f"a {type(value).__name__} of {len(value)}"
    return visible_line(f"a value of type {type(value).__name__}")


def _array(value: np.ndarray[Any, Any], other: Any) -> str:
    form = f"an array of shape {value.shape}, {value.dtype.name}"
    if not isinstance(other, np.ndarray) or value.shape != other.shape or value.dtype.kind not in "biufc":
        return form
    if value.size <= _FEW_NUMBERS:
        return visible_line(np.array2string(value, precision=4, separator=", "))
    if value.dtype.kind != other.dtype.kind:
        return form
    with np.errstate(all="ignore"):
        wrong = np.flatnonzero(~np.isclose(value, other, rtol=1e-6, atol=1e-9, equal_nan=True))
    if not wrong.size:
        return form
    place = tuple(int(index) for index in np.unravel_index(wrong[0], value.shape))
    return f"{literal(value[place], with_numbers=True) or value[place]} at {list(place)}"
