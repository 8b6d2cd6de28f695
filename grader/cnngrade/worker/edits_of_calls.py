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
    ("floor", "ceil", "round", "rint", "trunc", "fix"),
    ("max", "maximum", "min", "sum", "mean"),
    ("min", "minimum"),
    ("amax", "amin", "maximum", "sum", "mean"),
    ("amin", "minimum"),
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


# Those of so many families are taken for each other most often.
_LIKELIEST = 5


# Python has a function of its own beside NumPy's.
_BUILT_IN = frozenset({"sum", "max", "min", "any", "all"})


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
        "rint",
        "trunc",
        "fix",
        "around",
        "flip",
        "fliplr",
        "flipud",
        "rot90",
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
        "str",
        "set",
    ]
)


def edits_of_calls(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    """Yield the edits of a call, or of a tuple of sizes, axes or results."""
    match spot.node:
        case ast.Call():
            yield from _of_function(spot, scope)
            yield from _of_arguments(spot, scope)
            yield from _of_keywords(spot, scope)
            yield from _of_first_value(spot, scope)
            yield from _of_flat_index(spot, scope)
        case ast.Tuple(ctx=ast.Load()) | ast.List(ctx=ast.Load()) if not isinstance(spot.parent, ast.Subscript):
            yield from _of_tuple(spot)
        case ast.Attribute(attr="T"):
            yield spot.find("which arrays are transposed", NEAREST, "no T", spot.change(lambda old: old.value))


def _of_function(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    node: ast.Call = spot.node
    function = name_called(node)
    field = "attr" if isinstance(node.func, ast.Attribute) else "id"
    for number, family in enumerate(_FAMILIES):
        if function in family:
            for other in family:
                if other != function:
                    of = Spot(node.func, spot, "func")
                    yield spot.find(
                        f"the function `{function}`",
                        NEAREST if number < _LIKELIEST else NEAR,
                        f"{function} {other}",
                        of.set(field, other),
                    )
    if function in _BUILT_IN and isinstance(node.func, ast.Name):
        # Python's own goes over the first axis alone.
        of_numpy = ast.Attribute(name(scope.numpy), function, ast.Load())
        yield spot.find(f"the function `{function}`", NEAREST, f"numpy {function}", spot.set("func", of_numpy))
    if function in _WRAPS:
        what = f"the call of `{function}`"
        if node.args:
            yield spot.find(what, NEAR, f"no {function}", spot.change(lambda old: old.args[0]))
        elif isinstance(node.func, ast.Attribute):
            yield spot.find(what, NEAR, f"no {function}", spot.change(lambda old: old.func.value))
    elif function in ("swapaxes", "moveaxis", "rollaxis"):
        is_function = isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == scope.numpy
        array = node.args[0] if is_function and node.args else getattr(node.func, "value", None)
        if array is not None:
            yield spot.find("the order of the axes", NEAR, "", spot.change(lambda _, array: array, array))
    if function == "mean":
        yield from _of_mean(spot, scope)
    if function == "len" and len(node.args) == 1:
        for axis in (1, 2, 3, 0):
            length = ast.Subscript(ast.Attribute(node.args[0], "shape", ast.Load()), constant(axis), ast.Load())
            yield spot.find("which length is taken", NEAR, f"{axis}", spot.change(lambda _, length: length, length))
        size = ast.Attribute(node.args[0], "size", ast.Load())
        yield spot.find("which length is taken", NEAR, "size", spot.change(lambda _, size: size, size))
    if function in ("copy", "array") and isinstance(node.func, ast.Attribute) and not node.args:
        yield spot.find("whether a copy is needed", NEAR, "", spot.change(lambda old: old.func.value))


def _of_mean(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    """Yield the edits that divide a sum by the product of two sizes, where fewer numbers are there than are to count."""
    for size in scope.of_kind(SIZE):
        other = scope.counterpart(size)
        if other and size == scope.label(size):
            total = Spot(spot.node.func, spot, "func").set("attr" if isinstance(spot.node.func, ast.Attribute) else "id", "sum")
            count = ast.BinOp(name(size), ast.Mult(), name(other))
            divided = spot.change(lambda old, count: ast.BinOp(old, ast.Div(), count), count)
            yield spot.find("what the sum is divided by", NEAR, f"{size}", total, divided)


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
            yield spot.find("the arguments of this call", FAR, "", spot.set("args", left_without(given, part)))
        if at:
            none = [*given[:at], ast.Constant(None), *given[at:]]
            yield spot.find("the order of the arguments", NEAR, "", spot.set("args", none))
            if isinstance(part, ast.Name):
                by_name = spot.set("keywords", [*node.keywords, ast.keyword(part.id, part)])
                yield spot.find("the order of the arguments", NEAREST, "", spot.set("args", left_without(given, part)), by_name)
    for function, _ in scope.functions.items():
        if isinstance(node.func, ast.Name) and function != node.func.id:
            yield spot.find("which function is called", FAR, "", spot.set("func", name(function)))


def _of_flat_index(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    """Yield the edits that make a row, a column, or both of the place in a flat array."""
    node: ast.Call = spot.node
    if name_called(node) not in ("argmax", "argmin") or any(keyword.arg == "axis" for keyword in node.keywords):
        return
    for size in scope.of_kind(SIZE):
        for operator in (ast.FloorDiv(), ast.Mod()):
            part = spot.change(lambda old, operator, size: ast.BinOp(old, operator, name(size)), operator, size)
            yield spot.find("the place in the flat array", NEAR, f"{type(operator).__name__} {size}", part)
    is_method = isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") != scope.numpy
    array = node.func.value if is_method and isinstance(node.func, ast.Attribute) else node.args[0] if node.args else None
    if array is not None:
        unravel = ast.Attribute(name(scope.numpy), "unravel_index", ast.Load())
        both = called(unravel, node, ast.Attribute(array, "shape", ast.Load()))
        yield spot.find("the place in the flat array", NEAR, "both", spot.change(lambda _, both: both, both))


def _of_first_value(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    """Yield the edits of the number that an array begins with, or that is chosen: a largest one begins with the least."""
    node: ast.Call = spot.node
    if name_called(node) in ("zeros", "empty", "ones") and node.args and isinstance(node.func, ast.Attribute):
        least = called(ast.Attribute(name(scope.numpy), "full", ast.Load()), node.args[0], constant(float("-inf")))
        yield spot.find("the value that it starts with", NEAR, "least", spot.change(lambda _, least: least, least))
    if name_called(node) in ("where", "maximum", "minimum", "clip"):
        for at, part in enumerate(node.args):
            if isinstance(part, ast.Name):
                nothing = Spot(part, spot, "args", at).change(lambda _: ast.Constant(0))
                yield spot.find("the arguments of this call", FAR, "", nothing)


def _of_keywords(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    node: ast.Call = spot.node
    stated = {keyword.arg for keyword in node.keywords}
    for keyword in node.keywords:
        if keyword.arg is None:
            continue
        yield spot.find(
            "the arguments of this call", FAR, f"no {keyword.arg}", spot.set("keywords", left_without(node.keywords, keyword))
        )
        if keyword.arg in scope.names and getattr(keyword.value, "id", "") != keyword.arg:
            value = Spot(keyword.value, Spot(keyword, spot, "keywords"), "value")
            yield spot.find(
                "the arguments of this call", NEAREST, f"{keyword.arg}", value.change(lambda _, text: name(text), keyword.arg)
            )
    if not isinstance(node.func, ast.Name) or node.func.id not in scope.functions:
        return
    wanted = scope.functions[node.func.id][len(node.args) :]
    for parameter in wanted:
        if parameter in scope.names and parameter not in stated:
            more = spot.set("keywords", [*node.keywords, ast.keyword(parameter, name(parameter))])
            yield spot.find("whether the call lacks an argument", NEAREST, "", more)


def _of_tuple(spot: Spot) -> Iterator[FoundEdit]:
    node: ast.Tuple | ast.List = spot.node
    parts = node.elts
    if not 1 <= len(parts) <= 6:
        return
    what = "the order of the results" if isinstance(spot.parent, ast.Return) else "the order of the elements"
    for one in range(len(parts)):
        for other in range(one + 1, len(parts)):
            yield spot.find(
                what, NEAREST if other == one + 1 else NEAR, f"{one}{other}", spot.set("elts", swapped(parts, one, other))
            )
    for part in parts if len(parts) > 1 else ():
        yield spot.find("how many elements there are", FARTHEST, "", spot.set("elts", left_without(parts, part)))
    numbers = [plain_int(part) for part in parts]
    if len(parts) > 1 and None not in numbers:
        for step in (-1, 1):
            moved = [constant((number or 0) + step) for number in numbers]
            yield spot.find("the axes", NEAREST, f"{step}", spot.set("elts", moved))
