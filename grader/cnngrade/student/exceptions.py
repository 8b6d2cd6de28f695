"""What an exception means, in a sentence, and which lines to look at: the rules are tried in order, and the first one speaks.

A false sentence is worse than none. What no rule understands stays what Python or NumPy says.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from cnngrade.student.live_values import Array
from cnngrade.student.meanings import calls, given, indices, names, numbers, numpy_names, products, shapes, single, sizes
from cnngrade.student.own_code import FrameSpot
from cnngrade.student.raised import Explanation, Raised, Rule

_MOST_MAKERS = 2


_ABOUT_SHAPES = (*products.RULES, *shapes.RULES)


_RULES = (
    *sizes.RULES,
    *indices.RULES,
    *single.RULES,
    *numpy_names.RULES,
    *calls.RULES,
    *names.RULES,
    *numbers.RULES,
)


def meaning_of(raised: Raised) -> Explanation | None:
    """Return what an exception means; None where that is not known."""
    if not raised.stops:
        # It came up before the function began: only the call itself can be the reason.
        return _by_rules(raised, calls.ABOUT_CALLS)
    if raised.given is not None:
        return given.in_given_code(raised, raised.given)
    if found := names.own_raise(raised):
        return found
    if found := _by_rules(raised, _ABOUT_SHAPES):
        # Which of the arrays has the wrong shape nobody can say: where they were made is told as well.
        return found if found.before else replace(found, after=_makers(raised))
    return _by_rules(raised, _RULES)


def _makers(raised: Raised) -> tuple[FrameSpot, ...]:
    """Return the lines that made the arrays which were in hand under plain names, those that are parts of others first."""
    names = [name for name in raised.names() if isinstance(raised.stop.values.get(name), Array)]
    makers = [there for name in names if (there := raised.made(name)) and there.value is not None]
    makers.sort(key=lambda there: not isinstance(there.value, ast.Subscript))
    return tuple(raised.at(there.statement) for there in makers[:_MOST_MAKERS])


def _by_rules(raised: Raised, rules: Sequence[Rule]) -> Explanation | None:
    return next((found for rule in rules if (found := rule.meaning(raised))), None)
