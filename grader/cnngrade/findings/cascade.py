"""Which functions fail where they call another that fails as well: the other one has to be put right first.

What calls what is read from the code. Who calls a function of which cases pass is not excused by what that one calls in turn.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cnngrade.findings.seen_calls import SeenCall


@dataclass(frozen=True, slots=True)
class Cascade:
    """A function that fails, and the one at the bottom of it: `outer` calls `inner`, by way of `via`, and all of them fail."""

    outer: str
    inner: str
    via: tuple[str, ...] = ()

    def text(self, is_unfinished: bool) -> str:
        """Return the sentence for the student; `is_unfinished` says that the inner one is still to be written."""
        way = f"{self.outer} calls {self.inner}"
        way += f" by way of {' and '.join(self.via)}, and {self.inner} is" if self.via else ", which is"
        return (
            f"{way} still to do: write {self.inner} first."
            if is_unfinished
            else f"{way} wrong as well: put {self.inner} right first."
        )


def cascades(uses: Mapping[str, Sequence[str]], failing: Collection[str], asked: Collection[str]) -> dict[str, Cascade]:
    """Return, for each of the `failing` functions that calls another of them, the one at the bottom of it.

    uses: the names that each function of a submission uses, in order   asked: the unit's functions, failing or not
    A function is called directly, or by functions of the student's own; what a function calls that passes is no cause, since
    that one is right in spite of it. Functions that call each other are no cause of one another's failures.
    """
    reached = {outer: _next_asked(uses, outer, asked) for outer in failing}
    found = {}
    for outer in failing:
        way = _way_down(outer, {name: [inner for inner in inners if inner in failing] for name, inners in reached.items()})
        if way:
            found[outer] = Cascade(outer, way[-1], way[:-1])
    return found


def _next_asked(uses: Mapping[str, Sequence[str]], outer: str, asked: Collection[str]) -> list[str]:
    """Return the asked functions that `outer` uses, directly or by functions that are not asked for, in order."""
    found: list[str] = []
    seen = {outer}
    waiting = list(reversed(uses.get(outer, ())))
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in asked:
            found.append(name)
        else:
            waiting += reversed(uses.get(name, ()))
    return found


def _way_down(outer: str, inners: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the first way from `outer` to a function that calls no other failing one; () where there is none."""
    ways: list[tuple[str, ...]] = [(name,) for name in reversed(inners.get(outer, ()))]
    seen = {outer}
    while ways:
        way = ways.pop()
        if way[-1] in seen:
            continue
        seen.add(way[-1])
        further = inners.get(way[-1], ())
        if not further:
            return way
        ways += [(*way, name) for name in reversed(further)]
    return ()


def may_explain(inner: Sequence[SeenCall], outer: Sequence[SeenCall]) -> bool:
    """Say whether what is wrong with the calls of one function may be why those of another that calls it are wrong.

    It is not where the first answers rightly whatever has an answer, or most of it and the other one nothing. Nor is it where
    the first is wrong on arrays of whole numbers alone, and the other one on arrays of floats as well.
    """
    inner_right = [call.is_right for call in inner if not call.due]
    outer_right = [call.is_right for call in outer if not call.due]
    if all(outer_right):
        return True  # both are asked to refuse something
    if all(inner_right):
        return not inner
    if not any(outer_right) and 2 * sum(inner_right) > len(inner_right):
        return False
    wrong_inside = [_has_whole_numbers(call) for call in inner if not call.due and not call.is_right]
    right_inside = [_has_whole_numbers(call) for call in inner if not call.due and call.is_right]
    wrong_outside = [_has_whole_numbers(call) for call in outer if not call.due and not call.is_right]
    return not (all(wrong_inside) and not all(right_inside) and not all(wrong_outside))


def _has_whole_numbers(call: SeenCall) -> bool:
    """Say whether one of a call's arrays holds whole numbers."""
    return any(isinstance(value, np.ndarray) and value.dtype.kind in "iu" for value in call.arguments.values())
