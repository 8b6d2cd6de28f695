"""What it means that a function which was handed out raises."""

from __future__ import annotations

import ast
import re

from cnngrade.student.own_code import names_in, parameters
from cnngrade.student.raised import Explanation, Raised, Stop, argument_for, is_of_type, told, unparsed


def in_given_code(raised: Raised, given: Stop) -> Explanation:
    """Return what it means that a function which was handed out raises: what it was called with does not suit it."""
    function, spot = given.spot.function, given.spot
    name = function.name if function else given.function
    if function is None or name != given.function:
        return Explanation(f"{name} was given: look at what it is called with.")
    tests = [outer.test for outer in spot.around if isinstance(outer, ast.If)]
    is_refusal = isinstance(spot.statement, ast.Raise | ast.Assert)
    used = set(names_in(tests[-1] if is_refusal and tests else spot.run))
    asked = [part for part in parameters(function) if part in used]
    kind = re.search(r"'?([\w.]+)'? object", raised.message)
    if kind and (same := [part for part in asked if is_of_type(given.values.get(part), kind[1])]):
        asked = same
    does = "refuses what it is called with" if is_refusal else "cannot work with what it is called with"
    handed, after = [], []
    for part in asked:
        argument = argument_for(part, raised.stop, given)
        value = raised.value(argument) if argument is not None else None
        if argument is None or value is None:
            continue
        as_ = "" if isinstance(argument, ast.Name) and argument.id == part else f"`{unparsed(argument)}`, "
        handed.append(f"as its `{part}` it gets {as_}{told(value)}")
        there = raised.made(argument.id) if isinstance(argument, ast.Name) else None
        if there and there.value is not None:
            after.append(raised.at(there.statement))
    listed = f": {', and '.join(handed)}" if handed else ""
    return Explanation(f"{name}, which was given, {does}{listed}.", after=tuple(after[:2]))
