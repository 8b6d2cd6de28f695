"""Sizes, bounds and indices that are no whole numbers, or negative: where the float was made."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from cnngrade.student.live_values import Array, Number, TupleOrList
from cnngrade.student.own_code import FrameSpot, made
from cnngrade.student.raised import Explanation, Raised, is_of_library, rule, told, unparsed

_FURTHEST = 3


_MOST_NAMES = 4


# Functions whose answer is a float, whatever they are given.
_GIVE_FLOATS = (
    "floor",
    "ceil",
    "rint",
    "sqrt",
    "round",
    "around",
    "trunc",
    "mean",
    "divide",
    "true_divide",
    "float",
    "float64",
)


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what an expression is computed from, down to what it calls and to what it indexes."""
    yield node
    match node:
        case ast.BinOp():
            inner: list[ast.expr] = [node.left, node.right]
        case ast.UnaryOp():
            inner = [node.operand]
        case ast.Tuple() | ast.List():
            inner = node.elts
        case _:
            inner = []
    for part in inner:
        yield from _parts(part)


def _divides(node: ast.AST) -> bool:
    """Say whether an expression is made by `/`."""
    return any(isinstance(part, ast.BinOp) and isinstance(part.op, ast.Div) for part in _parts(node))


def _makes_float(node: ast.expr) -> str:
    """Return what of an expression makes it a float, as the beginning of a sentence; "" where nothing is seen to."""
    if _divides(node):
        return "`/` gives a float, even where nothing is left over"
    calls = (part for part in _parts(node) if isinstance(part, ast.Call) and is_of_library(part.func, *_GIVE_FLOATS))
    made_by = next((call.func for call in calls if not _gives_whole(call.func)), None)
    return f"`{unparsed(made_by)}` gives a float" if made_by else ""


def _gives_whole(function: ast.expr) -> bool:
    """Say whether a function whose name NumPy has as well is another, whose answer is a whole number."""
    if isinstance(function, ast.Attribute):
        return unparsed(function.value) == "math" and function.attr in ("floor", "ceil", "trunc")
    return isinstance(function, ast.Name) and function.id in ("round", "floor", "ceil", "trunc")


def _flat(node: ast.expr) -> Iterator[ast.expr]:
    """Yield the single sizes or indices of an argument or an index."""
    match node:
        case ast.Tuple() | ast.List():
            for part in node.elts:
                yield from _flat(part)
        case ast.Slice():
            yield from (part for part in (node.lower, node.upper, node.step) if part is not None)
        case ast.Starred():
            yield from _flat(node.value)
        case ast.BinOp(left=left, right=right) if any(isinstance(side, ast.Tuple | ast.List) for side in (left, right)):
            yield from _flat(left)
            yield from _flat(right)
        case _:
            yield node


# Which arguments are sizes, counted or by name, of functions that take other numbers as well.
_SIZES: Mapping[str, tuple[int | str, ...]] = {
    **dict.fromkeys(("zeros", "ones", "empty", "full", "ndarray"), (0, "shape")),
    **dict.fromkeys(("reshape", "broadcast_to", "resize"), (1, "shape", "newshape")),
    **dict.fromkeys(("tile", "repeat"), (1, "reps", "repeats")),
    "pad": (1, "pad_width"),
    "linspace": (2, "num"),
    "sliding_window_view": (1, "window_shape"),
    **dict.fromkeys(("normal", "uniform"), (2, "size")),
    **dict.fromkeys(("random", "standard_normal"), (0, "size")),
}


def _sizes_in(raised: Raised, call: ast.Call) -> list[ast.expr]:
    """Return the arguments of a call that have to be whole numbers; none where it is not known which those are."""
    is_method = isinstance(call.func, ast.Attribute) and isinstance(raised.value(call.func.value), Array)
    known = next((places for name, places in _SIZES.items() if is_of_library(call.func, name)), None)
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    if known is None or is_method:
        # Of any other function it is the one float that it was given.
        floats = [part for argument in (*call.args, *named.values()) for part in _flat(argument) if _may_be_float(raised, part)]
        is_range = is_of_library(call.func, "range") or is_method
        return list(call.args) if is_range else floats if len(floats) == 1 else []
    by_place = [argument for place, argument in enumerate(call.args) if place in known]
    return [*by_place, *(value for name, value in named.items() if name in known)]


def _may_be_float(raised: Raised, node: ast.expr) -> bool:
    value = raised.value(node)
    return (isinstance(value, Number) and (value.is_float or value.value < 0)) or (value is None and _divides(node))


def _places(raised: Raised) -> Iterator[ast.expr]:
    """Yield the expressions that have to be whole numbers in what was run."""
    run = raised.spot.expression
    for node in [run] if isinstance(run, ast.Call | ast.Subscript) else raised.nodes(ast.Call, ast.Subscript):
        if isinstance(node, ast.Call):
            for argument in _sizes_in(raised, node):
                yield from _flat(argument)
        elif isinstance(node, ast.Subscript):
            yield from _flat(node.slice)
    for node in raised.nodes(ast.BinOp):
        # A list is repeated a whole number of times.
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            yield from (
                side
                for side in (node.left, node.right)
                if isinstance(node.left, ast.List | ast.Tuple) or isinstance(node.right, ast.List | ast.Tuple)
            )


def _is_float(raised: Raised, node: ast.expr) -> bool:
    value = raised.value(node)
    return value.is_float if isinstance(value, Number) else value is None and _divides(node)


def _float_names(raised: Raised, node: ast.expr) -> list[str]:
    names = [part.id for part in ast.walk(node) if isinstance(part, ast.Name)]
    values = raised.stop.values
    return [name for name in dict.fromkeys(names) if isinstance(value := values.get(name), Number) and value.is_float]


def _origin(raised: Raised, name: str, spot: FrameSpot, left: int = _FURTHEST) -> tuple[str, FrameSpot] | None:
    """Return what made a name a float, and the line; None where that cannot be told."""
    found = made(name, spot)
    if found is None:
        return None
    there = raised.at(found.statement)
    if isinstance(found.statement, ast.AugAssign) and isinstance(found.statement.op, ast.Div):
        return "`/=` gives a float", there
    if found.value is None:
        whole = found.whole
        return (
            _by_own_function(raised, whole.func.id)
            if isinstance(whole, ast.Call) and isinstance(whole.func, ast.Name)
            else None
        )
    if why := _makes_float(found.value):
        return why, there
    if isinstance(found.value, ast.Call) and isinstance(found.value.func, ast.Name):
        return _by_own_function(raised, found.value.func.id)
    for inner in _float_names(raised, found.value)[:_MOST_NAMES]:
        # The value is known at the line that failed; further back only if the name has had no other since.
        if left and inner != name and made(inner, there) == made(inner, spot):
            return _origin(raised, inner, there, left - 1)
    return None


def _by_own_function(raised: Raised, name: str) -> tuple[str, FrameSpot] | None:
    """Return what makes the answers of a function of the student's own floats, and the line that returns them."""
    spots = raised.code.returns(name)
    values = [spot.statement.value for spot in spots if isinstance(spot.statement, ast.Return)]
    whys = [_makes_float(value) for value in values if value is not None]
    return (whys[0], spots[0]) if len(whys) == 1 and whys[0] else None


def _float_size(raised: Raised, _: re.Match[str]) -> Explanation | None:
    floats = list({ast.dump(node): node for node in _places(raised) if _is_float(raised, node)}.values())
    if not floats:
        return None
    before: list[FrameSpot] = []
    whys: list[str] = []
    for node in floats:
        if why := _makes_float(node):
            whys.append(why)
            continue
        for name in _float_names(raised, node)[:_MOST_NAMES]:
            if origin := _origin(raised, name, raised.spot):
                whys.append(origin[0])
                before.append(origin[1])
    first = raised.value(floats[0])
    is_now = f": `{unparsed(floats[0])}` is {first} here" if isinstance(first, Number) else ""
    whole = _whole(raised, floats[0])
    if not whys:
        return Explanation(f"{whole} has to be a whole number{is_now}.")
    remedy = " `//` of whole numbers gives one." if whys[0].startswith("`/") else " `int(...)` makes it one."
    places = tuple({spot.line: spot for spot in before}.values())
    return Explanation(f"{whys[0]}{is_now}. {whole} has to be a whole number.{remedy}", places)


def _whole(raised: Raised, node: ast.expr) -> str:
    """Return what a number is there, as the beginning of a sentence."""
    for subscript in raised.subscripts():
        if any(part is node for part in _flat(subscript.slice)):
            return "The end of a slice" if isinstance(subscript.slice, ast.Slice) or _in_slice(subscript, node) else "An index"
    for call in raised.calls():
        if any(part is node for argument in call.args for part in _flat(argument)) and is_of_library(call.func, "range"):
            return "The bound of a range"
    return "A size"


def _in_slice(subscript: ast.Subscript, node: ast.expr) -> bool:
    return any(
        isinstance(part, ast.Slice) and node in (part.lower, part.upper, part.step) for part in ast.walk(subscript.slice)
    )


def _negative_size(raised: Raised, _: re.Match[str]) -> Explanation | None:
    before, now = [], []
    for node in _places(raised):
        value = raised.value(node)
        if not (isinstance(value, Number) and value.value < 0):
            continue
        now.append(f"`{unparsed(node)}` is {value}")
        if isinstance(node, ast.Name) and (origin := raised.made(node.id)):
            before.append(raised.at(origin.statement))
    if not now:
        return None
    return Explanation(f"A length cannot be negative, and {' and '.join(dict.fromkeys(now))} here.", after=tuple(before))


# What takes its second argument for an axis, and what is meant where that is another array.
_BY_AXIS = {
    **dict.fromkeys(("concatenate", "stack", "vstack", "hstack"), "Arrays to put together stand in one list: {name}([a, b])."),
    **dict.fromkeys(("max", "amax"), "np.maximum(a, b) takes the larger of each two numbers."),
    **dict.fromkeys(("min", "amin"), "np.minimum(a, b) takes the smaller of each two numbers."),
    **dict.fromkeys(("sum", "mean", "argmax", "argmin"), "One array is taken at a time."),
}


def _array_as_size(raised: Raised, _: re.Match[str]) -> Explanation | None:
    for call in raised.calls():
        advice = next((text for name, text in _BY_AXIS.items() if is_of_library(call.func, name)), None)
        is_method = isinstance(call.func, ast.Attribute) and isinstance(raised.value(call.func.value), Array)
        if (
            advice
            and not is_method
            and len(call.args) == 2
            and isinstance(other := raised.value(call.args[1]), Array | TupleOrList)
        ):
            name = unparsed(call.func)
            axis = f"The second argument of {name} is an axis, and `{unparsed(call.args[1])}` is {told(other)}. "
            return Explanation(axis + advice.format(name=name))
    run = raised.spot.expression
    arguments = run.args if isinstance(run, ast.Call) else []
    for node in (part for argument in arguments for part in _flat(argument)):
        value = raised.value(node)
        if isinstance(value, Array) and value.shape:
            return Explanation(f"One whole number is needed there, and `{unparsed(node)}` is {told(value)}.")
    return None


_NEEDS_WHOLE = (
    ("TypeError", r"^'(numpy\.)?float\d*' object cannot be interpreted as an integer"),
    ("TypeError", r"^slice indices must be integers or None"),
    ("TypeError", r"indices must be integers or slices, not (numpy\.)?float"),
    ("IndexError", r"^only integers, slices .* are valid indices"),
    ("TypeError", r"can't multiply sequence by non-int of type '(numpy\.)?float"),
    ("TypeError", r"pad_width` must be of integral type"),
    ("TypeError", r"^expected a sequence of integers or a single integer"),
)


RULES = (
    *(rule(kind, pattern, _float_size) for kind, pattern in _NEEDS_WHOLE),
    rule("ValueError", r"^negative dimensions are not allowed", _negative_size),
    rule("ValueError", r"index can't contain negative values", _negative_size),
    rule("TypeError", r"^only integer scalar arrays can be converted to a scalar index", _array_as_size),
    rule("TypeError", r"'numpy\.ndarray' object cannot be interpreted as an integer", _array_as_size),
)
