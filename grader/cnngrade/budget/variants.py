"""Variants: right ways to write a function that has a time budget, good ones and slow ones, with its limit between them.

    @variant("good", "The array is added to itself.")
    def f_added(x): return x + x

    @variant("slow", "A loop over the numbers.")
    def f_by_number(x): return np.array([2 * number for number in x])

A variant belongs to the unit's function whose name its own name begins with. Nothing else of the engine is imported here: the
workers in which variants are measured import this module.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

_MARK = "__cnngrade_variant__"


_Function = TypeVar("_Function", bound=Callable[..., Any])


class Kind(Enum):
    """What a variant should earn: all points, less than all, or either.

    A good variant is at or below the limit, a slow one above it. One in between is measured and shown, and no limit is checked
    against it: keep it for code of which nobody can say what it should earn.
    """

    GOOD = "good"
    BETWEEN = "between"
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to write `function`. `sentence` says in a line how it works."""

    name: str
    function: str
    kind: Kind
    sentence: str

    @property
    def short(self) -> str:
        """The name without that of the function."""
        return self.name.removeprefix(self.function).strip("_") or self.name


def variant(kind: str, sentence: str) -> Callable[[_Function], _Function]:
    """Mark a function of a course's variants file as a variant: "good", "between" or "slow", and how it works in one line."""
    if kind not in (known.value for known in Kind):
        raise ValueError(f'a variant is "good", "between" or "slow", not {kind!r}')

    def mark(function: _Function) -> _Function:
        setattr(function, _MARK, (Kind(kind), sentence))
        return function

    return mark


def variant_of(value: object) -> tuple[Kind, str] | None:
    """Return what a function was marked with, None if it is not a variant."""
    marked: tuple[Kind, str] | None = getattr(value, _MARK, None)
    return marked
