"""What wrong answers prove of a mistake that answers the same: how telling each is, and whether there are enough of them.

An answer that many faults have in common proves nothing, such as zeros or an argument handed back. Nor do answers to inputs of
one shape: there height and width, or any two ways of counting, may come to the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import IntEnum
from fractions import Fraction
from itertools import islice
from typing import Any

import numpy as np

from cnngrade.answers.fingerprint import Fingerprint, fingerprint

_Array = np.ndarray[Any, np.dtype[Any]]

Way = tuple[tuple[int, ...], ...] | bytes
"""In which way a function was asked: by arrays of these shapes, or, where there are none, by these arguments."""


# Enough of an array to see what kind of numbers it holds, and of an answer to see what kind of parts.
_MOST_NUMBERS, _MOST_PARTS = 4096, 256


# A fraction of terms whose product is no larger is one of a few thousand: a count, a share, a half.
_FEW = 1000


# Larger whole numbers than this all count as one.
_EXACT = 1 << 53


# Numbers of an array that is known by them, whatever they are.
_TABLE = 8


# Answers of a history that nobody gives in another order by chance.
_SEVERAL = 3


class Telling(IntEnum):
    """How much an answer tells of where it comes from."""

    NOTHING = 0
    LITTLE = 1
    MUCH = 2


def _is_row(value: Any) -> bool:
    """Say whether a value is a list of several numbers: their order is what a function makes of them, as in an array."""
    return type(value) is list and len(value) > 1 and all(type(part) in (int, float) for part in value)


def _leaves(value: Any) -> Iterator[Any]:
    """Yield the arrays, lists of numbers, numbers and strings of a plain value."""
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, tuple | list) and not _is_row(value):
        for part in value:
            yield from _leaves(part)
    else:
        yield value


def _numbers(leaf: Any) -> _Array | None:
    """Return a leaf as an array, None if it is no number and no array or list of numbers."""
    if isinstance(leaf, list):
        leaf = np.array([float(part) if -_EXACT < part < _EXACT else np.inf for part in leaf])
    if isinstance(leaf, bool | np.bool_ | str | None) or not isinstance(leaf, np.ndarray | int | float | complex | np.generic):
        return None
    if isinstance(leaf, int) and leaf.bit_length() > 63:
        leaf = float(leaf) if leaf.bit_length() < 1000 else np.inf
    array = np.asarray(leaf)
    return array if array.dtype.kind in "iufc" else None


def _is_one_of_few(number: float) -> bool:
    """Say whether a number is a fraction of small terms, which others hit by chance."""
    if abs(number) > _FEW:
        return False
    near = Fraction(number).limit_denominator(_FEW)
    return abs(near.numerator * near.denominator) <= _FEW and abs(float(near) - number) <= 1e-9 * abs(number)


def _telling_of_leaf(leaf: Any) -> Telling:
    array = _numbers(leaf)
    if array is None or not array.size:
        return Telling.LITTLE if isinstance(leaf, str) or _is_pattern(leaf) else Telling.NOTHING
    flat = array.ravel()[:: 1 + array.size // _MOST_NUMBERS]
    if flat.dtype.kind == "c":
        flat = np.concatenate([flat.real, flat.imag])
    finite = np.unique(flat[np.isfinite(flat)])
    others = finite[finite != 0]
    if not others.size or (array.size > 1 and finite.size == 1):
        return Telling.NOTHING
    if others.size >= 3 or not all(_is_one_of_few(float(number)) for number in others):
        return Telling.MUCH
    return Telling.LITTLE


def _is_pattern(leaf: Any) -> bool:
    """Say whether a leaf is an array of both True and False."""
    return isinstance(leaf, np.ndarray) and leaf.dtype.kind == "b" and bool(leaf.any()) and not bool(leaf.all())


def _is_same(leaf: Any, other: Any) -> bool:
    """Say whether both are the same string, or the same numbers in the same shape, whatever their dtypes."""
    if isinstance(leaf, str) or isinstance(other, str) or leaf is None or other is None:
        return isinstance(leaf, str) and isinstance(other, str) and leaf == other
    if isinstance(leaf, list) and isinstance(other, list):
        return leaf == other
    one, two = np.asarray(leaf), np.asarray(other)
    has_nan = one.dtype.kind in "fc" and two.dtype.kind in "fc"
    return one.shape == two.shape and bool(np.array_equal(one, two, equal_nan=has_nan))


def _is_right(part: Fingerprint, right: Fingerprint, before: int, after: int) -> bool:
    """Say whether a right answer has this part, with so many numbers before it or after it."""
    count = len(part.numbers)
    return part.form in right.form and any(
        part.agrees(Fingerprint(part.form, right.numbers[start : start + count], right.sizes[start : start + count]))
        for start in {before, len(right.numbers) - after - count}
    )


def _wrong_parts(answer: Any, right: Fingerprint) -> list[Any]:
    """Return the arrays and numbers of an answer that are not those of the right one; all where only their number is wrong."""
    leaves = list(islice(_leaves(answer), _MOST_PARTS))
    if not isinstance(answer, tuple | list | dict) or _is_row(answer):
        return leaves
    parts = [fingerprint(leaf) for leaf in leaves]
    before, after = 0, sum(len(part.numbers) for part in parts)
    wrong = []
    for leaf, part in zip(leaves, parts, strict=True):
        after -= len(part.numbers)
        if not _is_right(part, right, before, after):
            wrong.append(leaf)
        before += len(part.numbers)
    return wrong or leaves


def telling(answer: Any, right: Fingerprint, given: Any) -> Telling:
    """Return how much a wrong answer tells: the most that one of its wrong parts does. `given` are the arguments.

    Zeros, numbers that are all the same, NaN, truth values and what was handed back as it came tell nothing; numbers of which
    there are few, such as counts below 1000, tell little.
    """
    arguments = list(islice(_leaves(given), _MOST_PARTS))
    most = Telling.NOTHING
    for leaf in _wrong_parts(answer, right):
        found = _telling_of_leaf(leaf)
        if found > most and not any(_is_same(leaf, other) for other in arguments):
            most = found
    return most


def telling_of_history(answers: Any, right: Fingerprint) -> Telling:
    """Return how much the answers of a history tell where some are wrong.

    Objects give back what they were given, so that a number is one of a few, however large it is: only several make a proof.
    """
    told = {fingerprint(leaf) for leaf in _wrong_parts(answers, right) if _telling_of_leaf(leaf)}
    return Telling.MUCH if len(told) >= _SEVERAL else Telling.LITTLE if told else Telling.NOTHING


def is_table(answer: Any) -> bool:
    """Say whether an answer holds an array of so many numbers, not all the same, that nobody hits them by chance."""
    leaves = islice(_leaves(answer), _MOST_PARTS)
    return any(isinstance(leaf, np.ndarray | list) and np.size(leaf) >= _TABLE and _telling_of_leaf(leaf) for leaf in leaves)


def way_of(arguments: Any) -> Way | None:
    """Return the shapes of the arrays among arguments; None where there is none."""
    return tuple(leaf.shape for leaf in _leaves(arguments) if isinstance(leaf, np.ndarray) and leaf.ndim) or None


def is_proof(answers: Iterable[tuple[Way, Fingerprint, Telling]], enough: int = 2) -> bool:
    """Say whether wrong answers prove a mistake that gives all of them.

    They do if `enough` of them tell much, or one more tell anything: different answers to different ways of asking.
    """
    ways: set[Way] = set()
    seen: list[Fingerprint] = []
    much = 0
    for way, answer, tells in sorted(answers, key=lambda entry: -entry[2]):
        if tells is Telling.NOTHING or way in ways or any(answer.agrees(other) for other in seen):
            continue
        ways.add(way)
        seen.append(answer)
        much += tells is Telling.MUCH
    return much >= enough or len(seen) > enough
