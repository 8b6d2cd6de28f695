"""Small edits of calls: the order of the arguments, one left out, axes, dtypes, shapes, and the function called."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from cnngrade.worker.edit_nodes import (
    called,
    constant,
    left_without,
    name,
    name_called,
    plain_int,
    swapped,
)
from cnngrade.worker.edit_scope import (
    SIZE,
    Scope,
)
from cnngrade.worker.edit_spots import (
    FAR,
    FARTHEST,
    NEAR,
    NEAREST,
    FoundEdit,
    Spot,
)

# One of a family is taken for another. The first families are the likeliest.
_FAMILIES = (
    ("floor", "ceil", "round", "trunc"),
    ("max", "min", "sum", "mean"),
    ("amax", "amin", "sum", "mean"),
    ("argmax", "argmin", "max"),
    ("nanmax", "max"),
    ("nanmean", "mean"),
    ("nansum", "sum"),
    ("median", "mean"),
    ("maximum", "minimum"),
    ("zeros", "ones"),
    ("empty", "zeros"),
    ("zeros_like", "ones_like"),
    ("empty_like", "zeros_like"),
    ("any", "all"),
    ("vstack", "hstack", "stack", "concatenate"),
    ("stack", "concatenate"),
    ("dot", "multiply", "matmul", "outer"),
    ("convolve", "correlate"),
    ("std", "var"),
    ("log", "log2", "log10", "log1p", "exp"),
    ("exp", "expm1", "exp2"),
    ("repeat", "tile"),
    ("fliplr", "flipud"),
    ("sin", "cos"),
    ("abs", "square", "sqrt"),
    ("append", "extend"),
    ("normal", "uniform"),
    ("greater", "greater_equal"),
    ("less", "less_equal"),
    ("add", "subtract"),
    ("swapaxes", "moveaxis"),
    ("resize", "reshape"),
)


# What can be left out so that its argument stays.
_WRAPS = frozenset(
    [
        "abs",
        "absolute",
        "sqrt",
        "square",
        "float",
        "int",
        "round",
        "floor",
        "ceil",
        "flip",
        "fliplr",
        "flipud",
        "rot90",
        "transpose",
        "ravel",
        "squeeze",
        "sorted",
        "reversed",
        "list",
        "tuple",
        "len",
        "exp",
        "log",
        "sum",
        "max",
        "min",
        "mean",
        "asarray",
        "array",
        "sign",
        "unique",
        "copy",
        "sort",
        "swapaxes",
        "str",
        "set",
    ]
)


def edits_of_calls(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    """Yield the edits of a call, or of a tuple of sizes, axes or results."""
    match spot.node:
        case ast.Call():
            yield from _of_function(spot)
            yield from _of_arguments(spot, scope)
            yield from _of_keywords(spot, scope)
            yield from _of_first_value(spot, scope)
            yield from _of_flat_index(spot, scope)
        case ast.Tuple(ctx=ast.Load()) | ast.List(ctx=ast.Load()) if not isinstance(spot.parent, ast.Subscript):
            yield from _of_tuple(spot)
        case ast.Attribute(attr="T"):
            yield spot.find("a transposed array", NEAREST, "no T", spot.change(lambda old: old.value))


def _of_function(spot: Spot) -> Iterator[FoundEdit]:
    node: ast.Call = spot.node
    function = name_called(node)
    field = "attr" if isinstance(node.func, ast.Attribute) else "id"
    for number, family in enumerate(_FAMILIES):
        if function in family:
            for other in family:
                if other != function:
                    of = Spot(node.func, spot, "func")
                    yield spot.find(
                        "the function called", NEAREST if number < 2 else NEAR, f"{function} {other}", of.set(field, other)
                    )
    if function in _WRAPS:
        if node.args:
            yield spot.find("the function called", NEAR, f"no {function}", spot.change(lambda old: old.args[0]))
        elif isinstance(node.func, ast.Attribute):
            yield spot.find("the function called", NEAR, f"no {function}", spot.change(lambda old: old.func.value))
    if function in ("copy", "array") and isinstance(node.func, ast.Attribute) and not node.args:
        yield spot.find("a copy", NEAR, "", spot.change(lambda old: old.func.value))


def _of_arguments(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    node: ast.Call = spot.node
    given = node.args
    if any(isinstance(part, ast.Starred) for part in given) or len(given) > 8:
        return
    for one in range(len(given)):
        for other in range(one + 1, len(given)):
            level = NEAREST if other == one + 1 else NEAR
            yield spot.find("the order of the arguments", level, "", spot.set("args", swapped(given, one, other)))
    for at, part in enumerate(given):
        if len(given) > 1:
            yield spot.find("the arguments", FAR, "", spot.set("args", left_without(given, part)))
        if at:
            none = [*given[:at], ast.Constant(None), *given[at:]]
            yield spot.find("the order of the arguments", NEAR, "", spot.set("args", none))
            if isinstance(part, ast.Name):
                by_name = spot.set("keywords", [*node.keywords, ast.keyword(part.id, part)])
                yield spot.find("the order of the arguments", NEAREST, "", spot.set("args", left_without(given, part)), by_name)
    for function, _ in scope.functions.items():
        if isinstance(node.func, ast.Name) and function != node.func.id:
            yield spot.find("the function called", FAR, "", spot.set("func", name(function)))


def _of_flat_index(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    """Yield the edits that make a row, a column, or both of the place in a flat array."""
    node: ast.Call = spot.node
    if name_called(node) not in ("argmax", "argmin") or any(keyword.arg == "axis" for keyword in node.keywords):
        return
    for size in scope.of_kind(SIZE):
        for operator in (ast.FloorDiv(), ast.Mod()):
            part = spot.change(lambda old, operator, size: ast.BinOp(old, operator, name(size)), operator, size)
            yield spot.find("a place in a flat array", NEAR, f"{type(operator).__name__} {size}", part)
    is_method = isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") != scope.numpy
    array = node.func.value if is_method and isinstance(node.func, ast.Attribute) else node.args[0] if node.args else None
    if array is not None:
        unravel = ast.Attribute(name(scope.numpy), "unravel_index", ast.Load())
        both = called(unravel, node, ast.Attribute(array, "shape", ast.Load()))
        yield spot.find("a place in a flat array", NEAR, "both", spot.change(lambda _, both: both, both))


def _of_first_value(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    """Yield the edits of the number that an array begins with, or that is chosen: a largest one begins with the least."""
    node: ast.Call = spot.node
    if name_called(node) in ("zeros", "empty", "ones") and node.args and isinstance(node.func, ast.Attribute):
        least = called(ast.Attribute(name(scope.numpy), "full", ast.Load()), node.args[0], constant(float("-inf")))
        yield spot.find("the first value", NEAR, "least", spot.change(lambda _, least: least, least))
    if name_called(node) in ("where", "maximum", "minimum", "clip"):
        for at, part in enumerate(node.args):
            if isinstance(part, ast.Name):
                nothing = Spot(part, spot, "args", at).change(lambda _: ast.Constant(0))
                yield spot.find("the arguments", FAR, "", nothing)


def _of_keywords(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    node: ast.Call = spot.node
    stated = {keyword.arg for keyword in node.keywords}
    for keyword in node.keywords:
        if keyword.arg is None:
            continue
        yield spot.find("the arguments", FAR, f"no {keyword.arg}", spot.set("keywords", left_without(node.keywords, keyword)))
        if keyword.arg in scope.names and getattr(keyword.value, "id", "") != keyword.arg:
            value = Spot(keyword.value, Spot(keyword, spot, "keywords"), "value")
            yield spot.find("the arguments", NEAREST, f"{keyword.arg}", value.change(lambda _, text: name(text), keyword.arg))
    if not isinstance(node.func, ast.Name) or node.func.id not in scope.functions:
        return
    wanted = scope.functions[node.func.id][len(node.args) :]
    for parameter in wanted:
        if parameter in scope.names and parameter not in stated:
            more = spot.set("keywords", [*node.keywords, ast.keyword(parameter, name(parameter))])
            yield spot.find("an argument that is not handed on", NEAREST, "", more)


def _of_tuple(spot: Spot) -> Iterator[FoundEdit]:
    node: ast.Tuple | ast.List = spot.node
    parts = node.elts
    if not 1 <= len(parts) <= 6:
        return
    what = "the order of the results" if isinstance(spot.parent, ast.Return) else "the order of these"
    for one in range(len(parts)):
        for other in range(one + 1, len(parts)):
            yield spot.find(
                what, NEAREST if other == one + 1 else NEAR, f"{one}{other}", spot.set("elts", swapped(parts, one, other))
            )
    for part in parts if len(parts) > 1 else ():
        yield spot.find("how many there are of these", FARTHEST, "", spot.set("elts", left_without(parts, part)))
    numbers = [plain_int(part) for part in parts]
    if len(parts) > 1 and None not in numbers:
        for step in (-1, 1):
            moved = [constant((number or 0) + step) for number in numbers]
            yield spot.find("the axes", NEAREST, f"{step}", spot.set("elts", moved))
