"""How two arguments of a call compare: lengths that are equal, one that is more than another, one that divides a difference."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from cnngrade.findings.feature import Feature, Predicate, Rank, axis_label, axis_topic, feature_of, has_names, is_array, is_int
from cnngrade.findings.signature import Signature

_Arguments = Mapping[str, Any]


def relations(names: Sequence[str], calls: Sequence[_Arguments], signature: Signature) -> Iterator[Feature]:
    """Yield how the arguments `names`, which each call has, compare in each of the calls."""
    arrays = [name for name in names if all(is_array(call[name]) and call[name].ndim >= 2 for call in calls)]
    places = [
        (name, axis, calls[0][name].ndim)
        for name in arrays
        if len({call[name].ndim for call in calls}) == 1
        for axis in range(calls[0][name].ndim)
    ]
    for one, other in itertools.combinations(places, 2):
        pairs = [(call[one[0]].shape[one[1]], call[other[0]].shape[other[1]]) for call in calls]
        yield from _comparisons(one, other, pairs, signature)
    for divisor, longer in itertools.product(names, arrays):
        for shorter in ("", *names):
            if shorter not in (divisor, longer) and divisor != longer:
                yield from _divisions(divisor, longer, shorter, calls, signature)


_Place = tuple[str, int, int]


def _comparisons(one: _Place, other: _Place, pairs: Sequence[tuple[int, int]], signature: Signature) -> Iterator[Feature]:
    """Yield whether two axes, each (array, axis, number of axes), are equally long, and whether one is longer."""
    places = [(name, signature.axes.get(name, ()), axis, count) for name, axis, count in (one, other)]
    labels = (axis_label(*places[0]), axis_label(*places[1]))
    topic = " and ".join(sorted(axis_topic(*place) for place in places))
    about = (one[0], other[0])
    equal = Predicate("", "are equal", "", "differ")
    # Where both are 1 in all the calls in which they are equal, it is by their being 1 that they are.
    if any(a == b > 1 for a, b in pairs):
        yield from feature_of(Rank.RELATION, labels, equal, (a == b for a, b in pairs), "equal", about, topic)
    for first, second, (label, of_what) in ((0, 1, labels), (1, 0, labels[::-1])):
        longer = "more" if has_names(places[first][1], places[first][3]) else "longer"
        more = Predicate(f"is {longer} than {of_what}", "", f"is no {longer} than {of_what}", "")
        truth = (pair[first] > pair[second] for pair in pairs)
        yield from feature_of(Rank.RELATION, (label,), more, truth, "more", about, topic)


def _divisions(divisor: str, longer: str, shorter: str, calls: Sequence[_Arguments], signature: Signature) -> Iterator[Feature]:
    """Yield whether a number divides how much longer the last two axes of an array are than something else is ("": than 0)."""
    by = [_two_numbers(call[divisor]) for call in calls]
    less = [_differences(call[longer], call[shorter] if shorter else 0) for call in calls]
    known = [(numbers, pair) for numbers, pair in zip(by, less, strict=True) if numbers and pair and min(numbers) >= 1]
    if len(known) < len(calls):
        return
    divides = [all(number % by == 0 for number, by in zip(pair, numbers, strict=True)) for numbers, pair in known]
    # Whatever is divided by 1 tells nothing: of the others some have to be divided and some not, and two of one kind.
    told = [divided for divided, (numbers, _) in zip(divides, known, strict=True) if max(numbers) > 1]
    if len(told) < 3:
        return
    what = _difference_in_words((longer, calls[0][longer]), (shorter, calls[0][shorter] if shorter else None), signature)
    predicate = Predicate(f"divides {what}", "", f"does not divide {what}", "", ("it does", "it does not"))
    family = DIVIDES if len(set(told)) > 1 else "divides all"
    yield from feature_of(Rank.RELATION, (f"`{divisor}`",), predicate, divides, family, (divisor, longer, shorter))


# Of a feature of this family, there is a call that shows it and one that does not, among those whose divisor is more than 1.
DIVIDES = "divides"


def _two_numbers(value: Any) -> tuple[int, int] | None:
    """Return a whole number twice, or a pair of them; None for anything else."""
    if is_int(value):
        return int(value), int(value)
    if isinstance(value, tuple) and len(value) == 2 and all(map(is_int, value)):
        return int(value[0]), int(value[1])
    return None


def _differences(longer: np.ndarray[Any, Any], shorter: Any) -> tuple[int, int] | None:
    """Return how much longer the last two axes of an array are than those of another, or than one number or a pair of them.

    None where they are not longer, or `shorter` is something else.
    """
    lengths = shorter.shape[-2:] if is_array(shorter) and shorter.ndim >= 2 else _two_numbers(shorter)
    if lengths is None:
        return None
    rows, columns = longer.shape[-2] - lengths[0], longer.shape[-1] - lengths[1]
    return (rows, columns) if min(rows, columns, *lengths) >= 0 else None


def _difference_in_words(longer: tuple[str, Any], shorter: tuple[str, Any], signature: Signature) -> str:
    """Return what an array's last two axes are longer by than something else: "H - kh and W - kw" where they have names."""
    long = _names_of_last_two(*longer, signature)
    if not shorter[0]:
        return " and ".join(long) if long else f"the lengths of the last two axes of `{longer[0]}`"
    short = _names_of_last_two(*shorter, signature)
    if long and short:
        return " and ".join(f"{one} - {other}" for one, other in zip(long, short, strict=True))
    than = f"the last two axes of `{shorter[0]}`" if is_array(shorter[1]) else f"`{shorter[0]}`"
    return f"the lengths of the last two axes of `{longer[0]}` less {than}"


def _names_of_last_two(name: str, value: Any, signature: Signature) -> tuple[str, str] | None:
    if not is_array(value):
        return (f"`{name}`", f"`{name}`") if is_int(value) else (f"`{name}[0]`", f"`{name}[1]`")
    axes = signature.axes.get(name, ())
    return (axes[-2], axes[-1]) if has_names(axes, value.ndim) else None
