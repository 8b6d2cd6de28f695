"""A few numbers by which a value is recognised.

A fingerprint is a description of the value's form (types, shapes, kinds of dtype) and, for every array, its norm and a few
projections onto fixed directions. Two values that differ only by rounding have fingerprints that agree; values that differ have
ones that do not, short of a deliberate construction. It replaces the value where the value itself must not travel.
"""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

import numpy as np

from cnngrade.errors import Reason, StudentFailure, StudentRaised
from cnngrade.worker.wire import Token

_Floats = np.ndarray[Any, np.dtype[np.float64]]


TOLERANCE = 2e-5


_FREQUENCIES = (0.7548776662466927, 0.5698402909980532, 1.2207440846057596)


# No right answer of a course is this large, and what comes after so many numbers, of one array or many, is not looked at.
_MOST = 1 << 22


_BLOCK = 1 << 14


# Larger numbers all count as this one, whose square can still be summed.
_HUGE = 1e140


# What of an answer's values stands in its form.
_VALUES = re.compile(r"(?<=int )-?\d+| not finite at [0-9a-f]{12}|\b(?:True|False)\b")


def _shortened(number: float) -> float:
    """Return a number with nine digits; one whose square would not be a normal number, with all of them."""
    return float(f"{number:.9g}") if abs(number) > 1e-150 else number


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """`form` must be equal; `numbers` agree within TOLERANCE of the `sizes` beside them.

    `reason` says why there was no answer; then `form` is the class of the exception, "" where there was none.
    """

    form: str
    numbers: tuple[float, ...] = ()
    sizes: tuple[float, ...] = ()
    reason: Reason | None = None

    def agrees(self, other: Fingerprint) -> bool:
        """Say whether both are fingerprints of the same value, up to rounding."""
        if (self.form, self.reason, len(self.numbers)) != (other.form, other.reason, len(other.numbers)):
            return False
        triples = zip(self.numbers, other.numbers, self.sizes, other.sizes, strict=True)
        return all(abs(a - b) <= TOLERANCE * max(s, t, 1e-300) for a, b, s, t in triples)

    @property
    def layout(self) -> str:
        """The form without the values in it: types, shapes and kinds of dtype alone."""
        return _VALUES.sub("", self.form)

    def as_list(self) -> list[Any]:
        """Return it as plain JSON, with as many digits as are compared and a few more."""
        numbers, sizes = (list(map(_shortened, group)) for group in (self.numbers, self.sizes))
        return [self.form, numbers, sizes, self.reason.value if self.reason else None]

    @classmethod
    def from_list(cls, parts: list[Any]) -> Fingerprint:
        """Return the fingerprint that `as_list` was made from."""
        form, numbers, sizes, reason = parts
        return cls(form, tuple(numbers), tuple(sizes), None if reason is None else Reason(reason))


@lru_cache(maxsize=64)
def _directions(start: int, size: int) -> _Floats:
    steps = np.arange(start + 1, start + size + 1, dtype=np.float64)
    directions: _Floats = np.cos(np.outer(_FREQUENCIES, steps))
    return directions


def _norm_and_projections(flat: np.ndarray[Any, Any]) -> list[float]:
    """Return the norm of a vector and its projections, block by block: an answer may be as large as its sender likes."""
    square, projections = 0.0, np.zeros(len(_FREQUENCIES))
    for start in range(0, flat.size, _BLOCK):
        with np.errstate(over="ignore"):
            block = flat[start : start + _BLOCK].astype(np.float64)
        block[~np.isfinite(block)] = 0.0
        np.maximum(np.minimum(block, _HUGE, out=block), -_HUGE, out=block)
        # Not by BLAS, whose threads wait for one another on a busy machine.
        square += float(np.einsum("i,i->", block, block))
        projections += np.einsum("ij,j->i", _directions(start, block.size), block)
    return [math.sqrt(square), *(projections.tolist() if flat.size else [])]


def _not_finite(flat: np.ndarray[Any, Any]) -> str:
    """Return a mark of where NaN and the infinities are: beside large numbers no projection would show one of them."""
    if np.isfinite(flat).all():
        return ""
    places = np.packbits([np.isnan(flat), np.isposinf(flat), np.isneginf(flat)])
    return f" not finite at {hashlib.sha256(places.tobytes()).hexdigest()[:12]}"


def _kind(dtype: np.dtype[Any]) -> str:
    """Name the kind of dtype: float32 and float64 are one kind, since honest answers come in both."""
    if dtype.kind == "f":
        return "float16" if dtype.itemsize < 4 else "float"
    return {"i": "int", "u": "uint", "b": "bool", "c": "complex"}.get(dtype.kind, str(dtype))


class _Reader:
    def __init__(self) -> None:
        self.numbers: list[float] = []
        self.sizes: list[float] = []
        self.left = _MOST

    def form(self, value: Any) -> str:
        if isinstance(value, tuple | list):
            return f"{type(value).__name__}({', '.join(map(self.form, value))})"
        if isinstance(value, dict):
            # In whichever order they come, dicts with the same items are equal.
            named = sorted(((repr(key), part) for key, part in value.items()), key=itemgetter(0))
            return f"dict({', '.join(f'{name}: {self.form(part)}' for name, part in named)})"
        if isinstance(value, np.ndarray) and not value.ndim:
            value = value[()]  # wherever a number is expected, an array without axes is one
        if isinstance(value, np.ndarray):
            return f"{_kind(value.dtype)}{value.shape}{self.array(value)}"
        if isinstance(value, bool | np.bool_) or value is None or isinstance(value, str):
            return repr(value)
        if isinstance(value, int | np.integer):
            return f"int {int(value)}"
        if isinstance(value, float | np.floating):
            return f"number{self.array(np.asarray(float(value)))}"
        if isinstance(value, complex | np.complexfloating):
            return f"complex number{self.array(np.asarray(complex(value)))}"
        return f"a kept {value.kind}" if isinstance(value, Token) else type(value).__name__

    def array(self, array: np.ndarray[Any, Any]) -> str:
        """Take the array's numbers and return what of it belongs to the form."""
        flat = array.ravel()[: self.left]
        # A single number costs as much as a few hundred in one array.
        self.left = max(self.left - max(flat.size, 256), 0)
        if flat.dtype.kind == "c":
            flat = np.concatenate([flat.real, flat.imag])
        numbers = _norm_and_projections(flat)
        self.numbers += numbers
        self.sizes += [numbers[0]] * len(numbers)
        return _not_finite(flat)


def fingerprint(value: Any) -> Fingerprint:
    """Return the fingerprint of a plain value, or of the failure that came instead of one."""
    if isinstance(value, StudentRaised):
        return Fingerprint(value.kinds[0] if value.kinds else "", reason=value.reason)
    if isinstance(value, StudentFailure):
        return Fingerprint("", reason=value.reason)
    reader = _Reader()
    form = reader.form(value)
    return Fingerprint(form, tuple(reader.numbers), tuple(reader.sizes))
