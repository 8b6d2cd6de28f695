"""What can be true or false of each of several calls, and how it is said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np


class Rank(IntEnum):
    """How plain a feature is: an argument's own value and kind, then its shape and content, then how two of them compare."""

    VALUE = 0
    SHAPE = 1
    RELATION = 2


@dataclass(frozen=True, slots=True)
class Predicate:
    """What is said of one subject and of several, where it is true and where it is false: "is 0", "are 0", "is not 0" ...

    `again` are the words for it where the other was said just before: "it does", "it does not".
    """

    yes: str
    yes_of_several: str
    no: str
    no_of_several: str
    again: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Feature:
    """Something that is true of some calls and false of others: `truth` has one entry a call.

    `subjects` are what it is about; `predicate` holds for each of them. `family` names what is said of them, `about` the
    parameters that it speaks of. Two features of one `topic` are two ways to say the same if they are true of the same calls.
    """

    rank: Rank
    subjects: tuple[str, ...]
    predicate: Predicate
    truth: tuple[bool, ...]
    family: str
    about: frozenset[str] = frozenset()
    topic: str = ""

    def clause(self, value: bool) -> str:
        """Return what is said of the calls of which it is true, or false: "`b` and `c` are None"."""
        subject = " and ".join([", ".join(self.subjects[:-1]), self.subjects[-1]] if len(self.subjects) > 1 else self.subjects)
        return f"{subject} {self.verb(value)}"

    def pronoun_clause(self, value: bool) -> str:
        """Return the same about a subject that was just named: "they are given"."""
        if self.predicate.again is not None:
            return self.predicate.again[0 if value else 1]
        if not value and self.predicate.no == self.predicate.yes.replace("is ", "is not ", 1):
            return "they are not" if len(self.subjects) > 1 else "it is not"
        return f"{'they' if len(self.subjects) > 1 else 'it'} {self.verb(value)}"

    def verb(self, value: bool) -> str:
        """Return what is said of the subjects, without these."""
        if len(self.subjects) > 1:
            return self.predicate.yes_of_several if value else self.predicate.no_of_several
        return self.predicate.yes if value else self.predicate.no


def feature_of(
    rank: Rank,
    subjects: tuple[str, ...],
    predicate: Predicate,
    truth: Iterable[bool | None],
    family: str,
    about: tuple[str, ...],
    topic: str = "",
) -> Iterator[Feature]:
    """Yield the feature if it has an answer for every call, and not the same for all; see `Feature` for the parameters."""
    answers = tuple(truth)
    known = tuple(answer for answer in answers if answer is not None)
    if len(known) == len(answers) and len(set(known)) > 1:
        yield Feature(rank, subjects, predicate, known, family, frozenset(about), topic or f"{family} {' '.join(about)}")


def is_int(value: Any) -> bool:
    """Say whether a value is a whole number; True and False are none."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool | np.bool_)


def is_one_number(value: Any) -> bool:
    """Say whether a value is one number."""
    return is_int(value) or isinstance(value, float | np.floating)


def is_array(value: Any) -> bool:
    """Say whether a value is an array of numbers."""
    return isinstance(value, np.ndarray) and value.dtype.kind in "biuf"


LENGTH_ONE = Predicate("has length 1", "have length 1", "is longer", "are longer")


def has_names(axes: tuple[str, ...], count: int) -> bool:
    """Say whether a docstring names each axis of an array that has so many."""
    return len(axes) == count and all(axes)


def axis_topic(name: str, axes: tuple[str, ...], axis: int, count: int) -> str:
    """Return what an axis is known by: axes of several arrays that go by one name are equally long."""
    return axes[axis] if has_names(axes, count) else f"axis {axis} of {name}"


def axis_label(name: str, axes: tuple[str, ...], axis: int, count: int) -> str:
    """Return what an axis is called."""
    return f"{axes[axis]} of `{name}`" if has_names(axes, count) else f"axis {axis} of `{name}`"
