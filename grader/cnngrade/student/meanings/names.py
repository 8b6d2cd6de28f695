"""Names that stand for nothing, calls without end, and what the student's own code refuses."""

from __future__ import annotations

import ast
import difflib
import re

import numpy as np

from cnngrade.student.live_values import Values
from cnngrade.student.own_code import binding_statements
from cnngrade.student.raised import Explanation, Raised, rule


def _local(raised: Raised, found: re.Match[str]) -> Explanation | str | None:
    name, function = found[1], raised.spot.function
    if function is None:
        return None
    lines = [
        spot
        for spot in (raised.at(statement) for statement in binding_statements(name, function))
        if spot.line != raised.spot.line
    ]
    if not lines:
        return (
            f"`{name}` is given a value on this very line, which makes it a name of {function.name} alone: "
            f"it has no value yet when the line reads it."
        )
    where = " and ".join(raised.on(spot) for spot in lines[:2])
    return Explanation(
        f"`{name}` gets its value {where}, and that was not run before this line: a condition was not met, a loop had no "
        "round, or it comes later.",
        after=tuple(lines[:2]),
    )


_OF_KERNEL = ("In", "Out", "get_ipython", "display", "_", "__", "___", "exit", "quit")


def _undefined(raised: Raised, found: re.Match[str]) -> Explanation | str | None:
    name = found[1]
    if name in _OF_KERNEL or re.fullmatch(r"_i?\d+|_ii?i?", name):
        return f"{name} is there in a notebook only: work that is handed in runs without one."
    usual = {
        "np": "import numpy as np",
        "math": "import math",
        "sliding_window_view": "from numpy.lib.stride_tricks import sliding_window_view",
    }
    if name in usual:
        return f"The file needs a line `{usual[name]}` above."
    if hasattr(np, name) and name not in raised.stop.values and re.search(r"\w{3}", name):
        return f"NumPy has a {name}: np.{name}."
    close = _close(name, raised.stop.values)
    return f"There is no {name}, but there is {close}: is that meant?" if close else None


def _close(name: str, values: Values) -> str:
    """Return the one of the known names that is most like another; "" where none is."""
    if same := [other for other in values if other.lower() == name.lower()]:
        return same[0]
    found = difflib.get_close_matches(name, list(values), n=1, cutoff=0.75) if len(name) > 2 else []
    return found[0] if found else ""


def _recursion(raised: Raised, _: re.Match[str]) -> str | None:
    names = [stop.function for stop in raised.stops]
    name = names[-1] if names else ""
    if names.count(name) > 1:
        return f"{name} calls itself without end: each call needs a case in which it calls itself no more."
    return None


def _refuses(raised: Raised, what: str) -> str:
    """Return the beginning of a sentence about a line of the student's own that raises on purpose."""
    where = f", in {raised.stop.function}: look at what it is called with" if raised.caller else ""
    return f"This {what} is your own{where}"


def _own_assert(raised: Raised, _: re.Match[str]) -> Explanation | None:
    if not raised.is_direct or not isinstance(raised.spot.statement, ast.Assert):
        return None
    sentence = _refuses(raised, "assert")
    return Explanation(f"{sentence}." if raised.caller else f"{sentence}: what it demands does not hold for this call.")


def own_raise(raised: Raised) -> Explanation | None:
    """Return what a raise of the student's own means, whatever it raises."""
    statement = raised.spot.statement
    if not raised.is_direct or not isinstance(statement, ast.Raise) or statement.exc is None:
        return None
    sentence = _refuses(raised, "raise")
    handlers = [part for outer in raised.spot.around for part in getattr(outer, "handlers", [])]
    tests = [outer for outer in raised.spot.around if isinstance(outer, ast.If)]
    if not tests or any(statement in ast.walk(part) for part in handlers):
        return Explanation(f"{sentence}.")
    where = raised.at(tests[-1])
    return Explanation(
        f"{sentence}." if raised.caller else f"{sentence}: the condition {raised.on(where)} leads to it.", after=(where,)
    )


RULES = (
    rule("AssertionError", r"", _own_assert),
    rule("UnboundLocalError", r"local variable '(\w+)'", _local),
    rule("NameError", r"^name '(\w+)' is not defined", _undefined),
    rule(
        "NameError",
        r"^(?:cannot access )?free variable '(\w+)'",
        lambda raised, found: f"`{found[1]}` belongs to the function around this one, which has given it no value yet.",
    ),
    rule("RecursionError", r"", _recursion),
)
