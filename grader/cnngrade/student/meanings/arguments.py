"""Arguments in a form that a function of a library does not take: a shape in pieces, axes in a list, a name that it has not."""

from __future__ import annotations

import ast
import difflib
import inspect
import re
from collections.abc import Mapping, Sequence

import numpy as np

from cnngrade.student.live_values import Array, Number, TupleOrList
from cnngrade.student.raised import Explanation, Raised, is_of_library, rule, told, unparsed

_MOST_WRITTEN = 60


_OVER_AXES = ("max", "min", "amax", "amin", "sum", "prod", "mean", "std", "var", "any", "all")


def _is_method(raised: Raised, call: ast.Call) -> bool:
    """Say whether a method of an array is called."""
    return isinstance(call.func, ast.Attribute) and isinstance(raised.value(call.func.value), Array)


def _is_numpys(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and unparsed(call.func.value).partition(".")[0] in ("np", "numpy")


def _are_whole(raised: Raised, nodes: Sequence[ast.expr]) -> bool:
    return all(isinstance(value := raised.value(node), Number) and not value.is_float for node in nodes)


def _in_one(first: Sequence[ast.expr], together: Sequence[ast.expr], then: Sequence[ast.expr] = ()) -> str:
    """Return arguments with some of them as one tuple; an example where that would be long."""
    written = [*map(unparsed, first), f"({', '.join(map(unparsed, together))})", *map(unparsed, then)]
    text = ", ".join(written)
    return text if len(text) <= _MOST_WRITTEN else ", ".join([*written[: len(first)], "(2, 3)", *written[len(first) + 1 :]])


def _in_pieces(raised: Raised, _: re.Match[str]) -> str | None:
    for call in raised.calls():
        name, given = unparsed(call.func), call.args
        if _is_method(raised, call):
            continue
        if is_of_library(call.func, "zeros", "ones", "empty") and len(given) > 1 and _are_whole(raised, given):
            return f"{name} takes the shape as one tuple: {name}({_in_one((), given)})."
        if is_of_library(call.func, "full") and len(given) > 2 and _are_whole(raised, given[:-1]):
            return f"{name} takes the shape as one tuple, and then the value: {name}({_in_one((), given[:-1], given[-1:])})."
        if is_of_library(call.func, "array", "asarray") and len(given) > 1 and _are_whole(raised, given):
            return f"{name} takes the numbers as one list: {name}([{', '.join(map(unparsed, given))}])."
        if is_of_library(call.func, "reshape") and len(given) > 2 and _are_whole(raised, given[1:]):
            return f"{name} takes the new shape as one tuple: {name}({_in_one(given[:1], given[1:])})."
        if is_of_library(call.func, "transpose") and len(given) > 2 and _are_whole(raised, given[1:]):
            return f"{name} takes the order of the axes as one tuple: {name}({_in_one(given[:1], given[1:])})."
    return None


def _axes_in_pieces(raised: Raised, _: re.Match[str]) -> str | None:
    for call in raised.calls():
        is_method = _is_method(raised, call)
        if is_of_library(call.func, *_OVER_AXES) and (is_method or _is_numpys(call)):
            array, axes = ([], call.args) if is_method else (call.args[:1], call.args[1:])
            if len(axes) > 1 and _are_whole(raised, axes):
                arguments = ", ".join([*map(unparsed, array), f"axis=({', '.join(map(unparsed, axes))})"])
                return f"Several axes stand in one tuple: {unparsed(call.func)}({arguments})."
    return None


def _no_axis_in_order(raised: Raised, found: re.Match[str]) -> str | None:
    for call in raised.calls():
        if is_of_library(call.func, "flatten", "ravel") and _is_method(raised, call) and _are_whole(raised, call.args):
            return f"{unparsed(call.func)} puts all axes into one and takes none: x.reshape(len(x), -1) keeps the first."
    return _in_pieces(raised, found)


_OF_ONE: Mapping[str, tuple[str, str]] = {
    "maximum": ("The largest number of one array", "max"),
    "minimum": ("The smallest number of one array", "min"),
    "add": ("The sum of one array", "sum"),
    "multiply": ("The product of one array", "prod"),
}


def _of_two(raised: Raised, _: re.Match[str]) -> str | None:
    for call in raised.calls():
        for name, (what, other) in _OF_ONE.items():
            is_for_one = len(call.args) == 1 or any(keyword.arg == "axis" for keyword in call.keywords)
            if is_of_library(call.func, name) and _is_numpys(call) and is_for_one:
                return f"np.{name} takes two arrays, number by number, and no axis. {what} is np.{other}(a, axis=...)."
    return None


def _of_row(raised: Raised, _: re.Match[str]) -> Explanation | str | None:
    """Return what a tuple or a list is where one whole number is needed."""
    for call in raised.calls():
        name = unparsed(call.func)
        for keyword in call.keywords:
            value = raised.value(keyword.value)
            if keyword.arg == "axis" and isinstance(value, TupleOrList) and value.kind == "list":
                return f"Several axes stand in a tuple, and `{unparsed(keyword.value)}` is a list: axis=(...)."
        rows = [node for node in call.args if isinstance(raised.value(node), TupleOrList)]
        if not rows or _is_method(raised, call):
            continue
        row = unparsed(rows[0])
        if is_of_library(call.func, "rand", "randn") and len(call.args) == 1:
            lengths = ", ".join(map(unparsed, rows[0].elts)) if isinstance(rows[0], ast.Tuple | ast.List) else f"*{row}"
            return f"{name} takes the lengths one by one and no tuple: {name}({lengths})."
        if is_of_library(call.func, "range"):
            value = raised.value(rows[0])
            assert value
            return f"range takes whole numbers, and `{row}` is {told(value)}."
        if is_of_library(call.func, "zeros", "ones", "empty", "full", "reshape") and isinstance(rows[0], ast.Tuple | ast.List):
            inner = [part for part in rows[0].elts if isinstance(raised.value(part), TupleOrList)]
            if inner:
                part = unparsed(inner[0])
                return f"A shape holds whole numbers, and its part `{part}` holds several: *{part} puts them in one by one."
    return None


def _axis_as_text(raised: Raised, _: re.Match[str]) -> str | None:
    for call in raised.calls():
        for keyword in call.keywords:
            if keyword.arg == "axis" and isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str):
                return f"An axis is told by its number, counted from 0, and {keyword.value.value!r} is a text."
    return None


_MODES = ("constant", "edge", "maximum", "mean", "median", "minimum", "reflect", "symmetric", "wrap", "empty")


def _mode(raised: Raised, _: re.Match[str]) -> str | None:
    for call in raised.calls():
        if not is_of_library(call.func, "pad"):
            continue
        named = [keyword.value for keyword in call.keywords if keyword.arg == "mode"]
        mode = named[0] if named else call.args[2] if len(call.args) > 2 else None
        if isinstance(mode, ast.Constant) and isinstance(mode.value, str) and mode.value not in _MODES:
            close = difflib.get_close_matches(mode.value, _MODES, n=1)
            return f"np.pad has no mode {mode.value!r}." + (f" Is {close[0]!r} meant?" if close else "")
        if mode is not None and not named and isinstance(raised.value(mode), TupleOrList | Number):
            pairs = "np.pad(a, ((1, 1), (2, 2)))"
            return f"The third argument of np.pad is the mode. The pairs of all axes stand in one tuple: {pairs}."
    return None


_SAME = {"axes": "axis", "dim": "axis", "dims": "axis", "keepdim": "keepdims", "size": "shape", "type": "dtype"}


def _named(raised: Raised, found: re.Match[str]) -> str | None:
    """Return what an argument is called that goes by another name."""
    function, word = found[1].lstrip("_"), found[2]
    for call in raised.calls():
        is_it = is_of_library(call.func, function) and any(keyword.arg == word for keyword in call.keywords)
        if not is_it or not (_is_method(raised, call) or _is_numpys(call)):
            continue
        try:
            known = list(inspect.signature(getattr(np, function)).parameters)
        except (AttributeError, TypeError, ValueError):
            return None
        close = difflib.get_close_matches(word, known, n=1, cutoff=0.8)
        meant = _SAME[word] if _SAME.get(word) in known else close[0] if close else ""
        return f"{function} has no argument `{word}`. Is `{meant}` meant?" if meant else None
    return None


def _not_one(raised: Raised, _: re.Match[str]) -> str:
    for call in raised.calls():
        array = raised.value(call.func.value) if isinstance(call.func, ast.Attribute) and call.func.attr == "item" else None
        if isinstance(call.func, ast.Attribute) and isinstance(array, Array):
            return f"item() takes the one number out of an array, and `{unparsed(call.func.value)}` is {told(array)}."
    return "One number is needed there, and the array holds more or none: a sum, a mean or an index gives one."


_TAKES = r"\(\) takes (?:from|at most|exactly|\d+)\b.* positional argument"


RULES = (
    rule("TypeError", rf"^(?:zeros|ones|empty|full|array|asarray|reshape|transpose){_TAKES}", _in_pieces),
    rule("TypeError", r"^Cannot interpret '.*' as a data type", _in_pieces),
    rule("TypeError", r"^Cannot interpret '.*' as a data type", _axes_in_pieces),
    rule("TypeError", r"^(?:return arrays must be of ArrayType|output must be an array)", _axes_in_pieces),
    rule("TypeError", r"^order must be str, not int", _no_axis_in_order),
    rule("TypeError", rf"^(?:maximum|minimum|add|multiply){_TAKES}", _of_two),
    rule("TypeError", r"^(?:maximum|minimum|add|multiply)\(\) got an unexpected keyword argument 'axis'", _of_two),
    rule("TypeError", r"^'(?:tuple|list)' object cannot be interpreted as an integer", _of_row),
    rule("TypeError", r"^'str' object cannot be interpreted as an integer", _axis_as_text),
    rule("TypeError", r"(?:^|\.)(\w+)\(\) got an unexpected keyword argument '(\w+)'", _named),
    rule("ValueError", r"^mode .* is not supported", _mode),
    rule(
        "ValueError",
        r"^can only specify one unknown dimension",
        "One length alone may be -1 in reshape: the one that follows from the others.",
    ),
    rule(
        "ValueError",
        r"^either both or neither of x and y should be given",
        "np.where takes three arguments, np.where(condition, a, b), or the condition alone.",
    ),
    rule("ValueError", r"^duplicate value in 'axis'", "`axis` names the same axis twice."),
    rule("ValueError", r"^can only convert an array of size 1 to a Python scalar", _not_one),
    rule(
        "ValueError",
        r"^array split does not result in an equal division",
        "np.split makes parts of one length, and this axis cannot be divided so. np.array_split allows shorter ones.",
    ),
    rule("OverflowError", r"^math range error", "The result is larger than any float."),
)
