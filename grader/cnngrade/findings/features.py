"""What can be said about the arguments of calls: whether one is 0, holds whole numbers, has an axis of length 1.

A feature is true or false of each call, and is read off the arguments alone. None is about what a function computes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from cnngrade.findings.feature import (
    LENGTH_ONE,
    Feature,
    Predicate,
    Rank,
    axis_label,
    axis_topic,
    feature_of,
    has_names,
    is_array,
    is_int,
    is_one_number,
)
from cnngrade.findings.relations import relations
from cnngrade.findings.signature import UNKNOWN, Signature

# Smaller numbers are ordinary; from about 700 on exp overflows.
_LARGE = 100


_Arguments = Mapping[str, Any]


# What these hold is chance by intent: no right answer and no wrong one comes of it.
_CHANCE = frozenset({"seed", "seeds", "random_state", "rng", "generator"})


def _is(yes: str, no: str) -> Predicate:
    return Predicate(f"is {yes}", f"are {yes}", f"is {no}", f"are {no}")


def _is_or_not(what: str) -> Predicate:
    return Predicate(f"is {what}", f"are {what}", f"is not {what}", f"are not {what}")


def _holds(yes: str, no: str) -> Predicate:
    return Predicate(f"holds {yes}", f"hold {yes}", f"holds {no}", f"hold {no}")


_Test = Callable[[Any], bool | None]


def _among(kind: Callable[[Any], bool], test: Callable[[Any], bool]) -> _Test:
    """Return a test that has no answer for a value of another kind."""
    return lambda value: bool(test(value)) if kind(value) else None


# (family, what is said, test): in each family the first that has an answer for all calls counts.
_OF_A_VALUE: tuple[tuple[str, Predicate, _Test], ...] = (
    ("none", _is("None", "given"), lambda value: value is None),
    ("true", _is("True", "False"), _among(lambda value: isinstance(value, bool | np.bool_), bool)),
    (
        "tuple",
        Predicate("is not a tuple", "are not tuples", "is a tuple", "are tuples"),
        lambda value: not isinstance(value, tuple | list),
    ),
    ("zero", _is("0", "more than 0"), _among(lambda value: is_one_number(value) and value >= 0, lambda value: value == 0)),
    ("zero", _is_or_not("0"), _among(is_one_number, lambda value: value == 0)),
    ("one", _is("1", "more than 1"), _among(lambda value: is_int(value) and value >= 1, lambda value: value == 1)),
    ("negative", _is_or_not("negative"), _among(is_one_number, lambda value: value < 0)),
)


def _is_whole(value: np.ndarray[Any, Any]) -> bool:
    return bool(value.dtype.kind != "f")


_CONTENT: tuple[tuple[str, Predicate, _Test], ...] = (
    (
        "nan",
        _holds("NaN or infinite numbers", "finite numbers alone"),
        _among(is_array, lambda value: not np.isfinite(value).all()),
    ),
    (
        "signs",
        _holds("negative numbers", "no negative numbers"),
        _among(is_array, lambda value: bool((value < 0).any())),
    ),
    (
        "large",
        _holds(f"large numbers (above {_LARGE} or below -{_LARGE})", "no large numbers"),
        _among(is_array, lambda value: bool((np.abs(value[np.isfinite(value)].astype(np.float64)) > _LARGE).any())),
    ),
)


# What is said of an array's type; few calls have another than the rest.
DTYPES = frozenset({"dtype", "size of float"})


# What follows from a plainer feature of the same argument, often or always.
IMPLIED = frozenset({"items", "equal items", "even", "optional", *(family for family, _, _ in _CONTENT)})


def features(calls: Sequence[_Arguments], signature: Signature) -> list[Feature]:
    """Return the features that tell the `calls` apart, each a call's arguments by parameter: plain ones first.

    Of features that say the same of one thing there is the first.
    """
    shared = [name for name in calls[0] if all(name in call for call in calls)] if calls else []
    names = [name for name in shared if name not in _CHANCE]
    found: list[Feature] = []
    for name in names:
        values = [_as_array(call[name]) for call in calls]
        found += _value_features(name, values, signature.defaults.get(name, UNKNOWN))
        found += _array_features(name, values, signature.axes.get(name, ()))
        found += _optional_array_features(name, values)
    found += relations(names, calls, signature)
    told: dict[object, Feature] = {}
    for feature in found:
        as_the_first = tuple(value is feature.truth[0] for value in feature.truth)
        told.setdefault((feature.topic, as_the_first), feature)
    return sorted(told.values(), key=lambda feature: feature.rank)


def _as_array(value: Any) -> Any:
    """Return a list of numbers as the array that it stands for, and anything else as it is."""
    return np.asarray(value) if isinstance(value, list) and value and all(map(is_one_number, value)) else value


def _value_features(name: str, values: Sequence[Any], default: Any) -> Iterator[Feature]:
    subject = (f"`{name}`",)
    if (is_one_number(default) and default not in (0, 1)) or isinstance(default, str):
        is_alike = (is_one_number(value) if is_one_number(default) else isinstance(value, str) for value in values)
        truth = (value == default if alike else None for value, alike in zip(values, is_alike, strict=True))
        said = repr(default)
        if len(said) <= 20:
            yield from feature_of(Rank.VALUE, subject, _is_or_not(said), truth, "default", (name,), name)
    for family, predicate, test in _OF_A_VALUE:
        yield from feature_of(Rank.VALUE, subject, predicate, map(test, values), family, (name,), name)
    even = (value % 2 == 0 if is_int(value) else None for value in values)
    yield from feature_of(Rank.SHAPE, subject, _is("even", "odd"), even, "even", (name,))
    if all(isinstance(value, tuple | list) for value in values):
        has_one = (len(value) == 1 for value in values)
        fewer = " or none" if any(len(value) == 0 for value in values) else ""
        said_of_one = Predicate("has one item", "have one item", f"has more{fewer}", f"have more{fewer}")
        yield from feature_of(Rank.SHAPE, subject, said_of_one, has_one, "items", (name,))
    if any(isinstance(value, tuple | list) for value in values):
        alike = (True if is_one_number(value) else _all_equal(value) for value in values)
        said_of_pair = Predicate("has equal numbers", "have equal numbers", "has different ones", "have different ones")
        yield from feature_of(Rank.SHAPE, subject, said_of_pair, alike, "equal items", (name,))


def _all_equal(value: Any) -> bool | None:
    if not isinstance(value, tuple | list) or not value or not all(map(is_one_number, value)):
        return None
    return all(item == value[0] for item in value)


def _array_features(name: str, values: Sequence[Any], axes: tuple[str, ...]) -> Iterator[Feature]:
    given = [value for value in values if is_array(value)]
    if len(given) < len(values) or not given:
        return
    subject = (f"`{name}`",)
    yield from feature_of(Rank.VALUE, subject, _dtype_predicate(given), map(_is_whole, given), "dtype", (name,))
    if not any(map(_is_whole, given)):
        small = (value.dtype.itemsize < 8 for value in given)
        yield from feature_of(Rank.VALUE, subject, _is("float32 or smaller", "float64"), small, "size of float", (name,))
    for family, predicate, test in _CONTENT:
        yield from feature_of(Rank.SHAPE, subject, predicate, map(test, given), family, (name,))
    counts = sorted({value.ndim for value in given})
    if len(counts) > 1:
        for count in counts:
            words = f"{count} ax{'i' if count == 1 else 'e'}s"
            others = " or ".join(word for word, is_so in (("more", counts[-1] > count), ("fewer", counts[0] < count)) if is_so)
            other = Predicate(f"has {words}", f"have {words}", f"has {others}", f"have {others}")
            yield from feature_of(
                Rank.SHAPE, subject, other, (value.ndim == count for value in given), f"{count} axes", (name,)
            )
        return
    for axis in range(counts[0]):
        lengths = (value.shape[axis] == 1 if value.shape[axis] else None for value in given)
        label = axis_label(name, axes, axis, counts[0])
        one = _is("1", "more than 1") if has_names(axes, counts[0]) else LENGTH_ONE
        yield from feature_of(
            Rank.SHAPE, (label,), one, lengths, "length", (name,), f"length of {axis_topic(name, axes, axis, counts[0])}"
        )
    if counts[0] >= 2:
        last = _pair(name, axes, counts[0])
        square = (value.shape[-1] == value.shape[-2] for value in given)
        yield from feature_of(Rank.SHAPE, last, Predicate("", "are equal", "", "differ"), square, "square", (name,))


def _optional_array_features(name: str, values: Sequence[Any]) -> Iterator[Feature]:
    """Yield whether an array that may be None is left out or holds a single number, which are often one and the same."""
    if not any(value is None for value in values):
        return
    single = (True if value is None else value.size == 1 if is_array(value) else None for value in values)
    several = "holds more than one number"
    predicate = Predicate("is None or holds one number", "are None or hold one number", several, "hold more than one number")
    yield from feature_of(Rank.SHAPE, (f"`{name}`",), predicate, single, "optional", (name,))


def _dtype_predicate(given: Sequence[np.ndarray[Any, Any]]) -> Predicate:
    """Return how whole numbers are told from floats: where all that are whole are of one dtype, by that."""
    whole = {value.dtype.name for value in given if _is_whole(value)}
    kinds = f"whole numbers ({whole.pop()})" if len(whole) == 1 else "whole numbers"
    return _holds(kinds, "floats")


def _pair(name: str, axes: tuple[str, ...], count: int) -> tuple[str, ...]:
    last = axes[-2:] if has_names(axes, count) else (f"axis {count - 2}", f"axis {count - 1}")
    return last[0], f"{last[1]} of `{name}`"
