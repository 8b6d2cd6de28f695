"""What an exception means, in a sentence, and which lines to look at: the rules are tried in order, and the first one speaks.

A false sentence is worse than none. What no rule understands stays what Python or NumPy says.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from cnngrade.student.live_values import Array
from cnngrade.student.meanings import (
    arguments,
    calls,
    given,
    indices,
    names,
    numbers,
    numpy_names,
    products,
    shapes,
    single,
    sizes,
)
from cnngrade.student.own_code import FrameSpot, made
from cnngrade.student.raised import Explanation, Raised, Rule, unparsed

_MOST_MAKERS = 2


_ABOUT_SHAPES = (*products.RULES, *shapes.RULES)


_RULES = (
    *arguments.RULES,
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
        if found.before:
            return found
        return replace(found, sentence=" ".join((found.sentence, *_reshaped(raised))), after=_makers(raised))
    return _by_rules(raised, _RULES)


def _makers(raised: Raised) -> tuple[FrameSpot, ...]:
    """Return the lines that made the arrays which were in hand under plain names, those that are parts of others first."""
    names = [name for name in raised.names() if isinstance(raised.stop.values.get(name), Array)]
    makers = [there for name in names if (there := raised.made(name)) and there.value is not None]
    makers.sort(key=lambda there: not isinstance(there.value, ast.Subscript))
    return tuple(raised.at(there.statement) for there in makers[:_MOST_MAKERS])


def _reshaped(raised: Raised) -> Iterator[str]:
    """Yield what a reshape with a -1 has made of an array whose first axis it did not keep: the -1 fits whatever that is."""
    for name in raised.names():
        there, result = raised.made(name), raised.stop.values.get(name)
        if there is None or not isinstance(there.value, ast.Call) or not isinstance(result, Array):
            continue
        source, sizes = _reshape(raised, there.value)
        spot = raised.at(there.statement)
        # Its shape is known where the function stopped: it has to be the array that it was before.
        is_same = isinstance(source, ast.Name) and made(source.id, spot) == raised.made(source.id)
        array = raised.value(source) if source is not None and is_same else None
        if not isinstance(array, Array) or "-1" not in map(unparsed, sizes):
            continue
        if math.prod(array.shape) == math.prod(result.shape) and array.shape[:1] != result.shape[:1]:
            yield f"On {raised.line(spot)} an array of shape {array} is made one of shape {result}."


def _reshape(raised: Raised, call: ast.Call) -> tuple[ast.expr | None, list[ast.expr]]:
    """Return the array and the new sizes of a call of reshape; (None, []) of any other."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "reshape" or not call.args:
        return None, []
    is_method = isinstance(raised.value(call.func.value), Array)
    source, sizes = (call.func.value, call.args) if is_method else (call.args[0], call.args[1:])
    return source, [part for size in sizes for part in (size.elts if isinstance(size, ast.Tuple | ast.List) else [size])]


def _by_rules(raised: Raised, rules: Sequence[Rule]) -> Explanation | None:
    return next((found for rule in rules if (found := rule.meaning(raised))), None)
