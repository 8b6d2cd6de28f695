"""Small edits of how arrays lie: axes, dtypes, the order of sizes, the letters of einsum, frames."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import permutations

from cnngrade.worker.edit_nodes import (
    called,
    constant,
    left_without,
    method,
    name,
    name_called,
    plain_int,
    swapped,
)
from cnngrade.worker.edit_scope import (
    INDEX,
    Scope,
)
from cnngrade.worker.edit_spots import (
    FAR,
    NEAR,
    NEAREST,
    FoundEdit,
    Spot,
)

_REDUCE = frozenset(
    (
        "sum",
        "max",
        "min",
        "mean",
        "argmax",
        "argmin",
        "amax",
        "amin",
        "prod",
        "any",
        "all",
        "std",
        "var",
        "nanmax",
        "nanmin",
        "median",
        "cumsum",
    )
)


# They go along one axis, and through the whole array, or along the last or first one, where none is stated.
_ALONG = frozenset(("concatenate", "append", "stack", "flip", "roll", "sort", "argsort", "repeat", "diff", "delete", "insert"))


_CREATE = frozenset(
    ("zeros", "ones", "empty", "full", "zeros_like", "ones_like", "empty_like", "full_like", "array", "asarray", "arange")
)


_SHIFTS = tuple((source, target) for source in range(4) for target in range(4) if source != target)


def edits_of_layout(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    """Yield the edits of a call that makes an array, reduces one or lays one out anew, or of an axis that is stated."""
    match spot.node:
        case ast.Call():
            if (function := name_called(spot.node)) in _REDUCE:
                yield from _of_axis(spot, scope)
                yield from _of_whole_axis(spot, scope)
            elif function in _ALONG and all(keyword.arg != "axis" for keyword in spot.node.keywords):
                for axis in (0, 1, -1, -2, 2, 3, (0, 1), (2, 3), (-2, -1)):
                    keywords = [*spot.node.keywords, ast.keyword("axis", constant(axis))]
                    yield spot.find(
                        "the axis", NEAREST if axis in (0, 1, -1) else NEAR, f"{axis}", spot.set("keywords", keywords)
                    )
            elif function in _CREATE or function == "astype":
                yield from _of_dtype(spot, function)
            elif function in ("reshape", "transpose"):
                yield from _of_layout(spot, function)
            elif function == "einsum":
                yield from _of_subscripts(spot)
            elif function == "pad":
                yield from _of_frame(spot, scope)
        case ast.keyword(arg="axis" | "axes"):
            yield from _of_axes(Spot(spot.node.value, spot, "value"), scope)


def _of_axis(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    """Yield the edits that give a reduction an axis, and that keep the axis or not."""
    node: ast.Call = spot.node
    is_method = isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") != scope.numpy
    stated = {keyword.arg: keyword for keyword in node.keywords}
    positional = len(node.args) > (0 if is_method else 1)
    if "keepdims" not in stated:
        kept = [*node.keywords, ast.keyword("keepdims", ast.Constant(True))]
        yield spot.find("the axis", NEAREST, "keepdims", spot.set("keywords", kept))
    else:
        yield spot.find("the axis", NEAR, "no keepdims", spot.set("keywords", left_without(node.keywords, stated["keepdims"])))
    if positional:
        at = 0 if is_method else 1
        yield from _of_axes(Spot(node.args[at], spot, "args", at), scope)
    elif "axis" not in stated and (is_method or isinstance(node.func, ast.Attribute)):
        for axis in (-1, 1, 0, (2, 3), (1, 2), (-2, -1), (0, 1), 2):
            keywords = [*node.keywords, ast.keyword("axis", constant(axis))]
            yield spot.find("the axis", NEAREST if axis in (0, 1, -1) else NEAR, f"{axis}", spot.set("keywords", keywords))
            kept = [*keywords, ast.keyword("keepdims", ast.Constant(True))]
            yield spot.find("the axis", NEAR, f"{axis} keepdims", spot.set("keywords", kept))
        for parameter in scope.parameters:
            if parameter in ("axis", "dim"):
                keywords = [*node.keywords, ast.keyword("axis", name(parameter))]
                yield spot.find("the axis", NEAREST, "name", spot.set("keywords", keywords))
                kept = [*keywords, ast.keyword("keepdims", ast.Constant(True))]
                yield spot.find("the axis", NEAREST, "name keepdims", spot.set("keywords", kept))


def _of_whole_axis(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    """Yield the edits that take one place of an axis where a reduction goes along the whole of it."""
    node: ast.Call = spot.node
    is_method = isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") != scope.numpy
    part = getattr(node.func, "value", None) if is_method else node.args[0] if node.args else None
    if name_called(node) == "cumsum":
        for sides in (1, 2):
            yield spot.find(
                "where the sums begin", NEAR, f"{sides}", spot.change(_with_nothing_first, name(scope.numpy), sides)
            )
    if isinstance(part, ast.Subscript) and isinstance(part.slice, ast.Tuple):
        parts = part.slice.elts
        for at, along in enumerate(parts):
            if isinstance(along, ast.Slice) and along.lower is along.upper is along.step is None:
                for index in scope.of_kind(INDEX):
                    one = ast.Tuple([*parts[:at], name(index), *parts[at + 1 :]], ast.Load())
                    only = ast.Subscript(part.value, one, ast.Load())
                    yield spot.find("what the reduction goes over", NEAR, f"{index}", spot.change(lambda _, only: only, only))


def _with_nothing_first(sums: ast.expr, numpy: ast.expr, sides: int) -> ast.expr:
    """Return the call that puts zeros in front of sums, along the last axis or along the last two."""
    dimensions = called(ast.Attribute(numpy, "ndim", ast.Load()), sums)
    others = ast.BinOp(dimensions, ast.Sub(), constant(sides))
    unchanged = ast.BinOp(ast.List([constant((0, 0))], ast.Load()), ast.Mult(), others)
    widths = ast.BinOp(unchanged, ast.Add(), ast.List([constant((1, 0))] * sides, ast.Load()))
    return called(ast.Attribute(numpy, "pad", ast.Load()), sums, widths)


def _of_axes(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    """Yield the edits of an axis that is stated."""
    axes = (
        -1,
        0,
        1,
        2,
        3,
        (2, 3),
        (1, 2),
        (-2, -1),
        (0, 1),
        (0, 2, 3),
        (1, 2, 3),
        (-3, -2, -1),
        (0, 2),
        (1, 3),
        (3, 4),
        (4, 5),
        None,
    )
    stated = ast.dump(spot.node)
    for axis in axes:
        level = NEAREST if isinstance(axis, int) else NEAR
        if ast.dump(constant(axis)) != stated:
            yield spot.find("the axis", level, f"{axis}", spot.change(lambda _, axis: constant(axis), axis))
    for parameter in scope.parameters:
        if parameter in ("axis", "dim") and not isinstance(spot.node, ast.Name):
            yield spot.find("the axis", NEAREST, "name", spot.change(lambda _, text: name(text), parameter))


def _of_dtype(spot: Spot, function: str) -> Iterator[FoundEdit]:
    node: ast.Call = spot.node
    if function == "astype":
        yield spot.find("the dtype", NEAREST, "float", spot.set("args", [name("float")]))
        if isinstance(node.func, ast.Attribute):
            yield spot.find("the dtype", NEAR, "none", spot.change(lambda old: old.func.value))
        return
    stated = [keyword for keyword in node.keywords if keyword.arg == "dtype"]
    wide = [*left_without(node.keywords, *stated), ast.keyword("dtype", name("float"))]
    yield spot.find("the dtype", NEAREST, "float", spot.set("keywords", wide))
    if stated:
        yield spot.find("the dtype", NEAREST, "none", spot.set("keywords", left_without(node.keywords, *stated)))
    elif function in ("zeros", "ones", "empty", "array", "asarray") and len(node.args) == 2:
        yield spot.find("the dtype", NEAREST, "none", spot.set("args", node.args[:1]))


def _sizes(node: ast.Call) -> tuple[ast.expr | None, list[ast.expr]]:
    """Return the array that a call of a method or of NumPy lays out anew, and the numbers that it is given."""
    if not isinstance(node.func, ast.Attribute):
        return None, []
    of_numpy = isinstance(node.func.value, ast.Name) and node.func.value.id in ("np", "numpy")
    array, given = (node.args[0], node.args[1:]) if of_numpy and node.args else (node.func.value, node.args)
    if len(given) == 1 and isinstance(given[0], ast.Tuple | ast.List):
        given = given[0].elts
    return array, list(given)


def _of_layout(spot: Spot, function: str) -> Iterator[FoundEdit]:
    """Yield the edits of a reshape (the order of its sizes, an axis moved after it or before) or a transpose."""
    node: ast.Call = spot.node
    array, given = _sizes(node)
    if array is None or len(given) > 6 or any(isinstance(part, ast.Starred) for part in given):
        return
    if function == "transpose":
        yield from _of_permutation(spot, array, given)
        return
    for one in range(len(given)):
        for other in range(one + 1, len(given)):
            new = swapped(given, one, other)
            yield spot.find(
                "the order of the sizes", NEAREST, "", spot.change(lambda _, new: method(array, "reshape", *new), new)
            )
    for at in range(len(given)):
        length = ast.Subscript(ast.Attribute(array, "shape", ast.Load()), constant(at), ast.Load())
        for new in ([*given[:at], length, *given[at + 1 :]], [*given[:at], constant(-1), *given[at + 1 :]]):
            yield spot.find(
                "the sizes", NEAREST if at == 0 else NEAR, "", spot.change(lambda _, new: method(array, "reshape", *new), new)
            )
    for source in range(len(given)):
        for target in range(len(given)):
            if source != target:
                # The size is where the data have it, and the axis is moved to where it was asked for.
                sizes = left_without(given, given[source])
                sizes.insert(target, given[source])
                order = list(range(len(given)))
                order.remove(target)
                order.insert(source, target)
                yield spot.find(
                    "the order of the axes",
                    NEAR,
                    "",
                    spot.change(
                        lambda _, s, o: method(method(array, "reshape", *s), "transpose", *map(constant, o)),
                        tuple(sizes),
                        tuple(order),
                    ),
                )
    yield spot.find(
        "the order of the axes",
        NEAR,
        "",
        spot.change(lambda _: method(ast.Attribute(array, "T", ast.Load()), "reshape", *given)),
    )
    for source, target in _SHIFTS:
        moved = called(ast.Attribute(name("np"), "moveaxis", ast.Load()), array, constant(source), constant(target))
        yield spot.find(
            "the order of the axes",
            FAR,
            "",
            spot.change(lambda _, moved: method(moved, "reshape", *given), moved),
        )


def _of_permutation(spot: Spot, array: ast.expr, given: Sequence[ast.expr]) -> Iterator[FoundEdit]:
    yield spot.find("the order of the axes", NEAR, "", spot.change(lambda _: array))
    axes = [plain_int(part) for part in given]
    if None in axes or sorted(axis or 0 for axis in axes) != list(range(len(axes))) or len(axes) < 2:
        return
    inverse = tuple(axes.index(at) for at in range(len(axes)))
    orders = (
        permutations(range(len(axes)))
        if len(axes) <= 4
        else [inverse, *(tuple(swapped(range(len(axes)), a, b)) for a in range(len(axes)) for b in range(a))]
    )
    for order in orders:
        if list(order) != axes:
            different = sum(one != other for one, other in zip(order, axes, strict=True))
            level = NEAREST if order == inverse or different == 2 else NEAR
            yield spot.find(
                "the order of the axes",
                level,
                "",
                spot.change(lambda _, order: method(array, "transpose", *map(constant, order)), order),
            )


def _of_subscripts(spot: Spot) -> Iterator[FoundEdit]:
    """Yield the edits of one letter, or of two, in the text of an einsum."""
    node: ast.Call = spot.node
    if not (node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)):
        return
    text = node.args[0].value
    if len(text) > 60:
        return
    letters = sorted({letter for letter in text if letter.isalpha()})
    texts: dict[str, int] = {}
    for at, letter in enumerate(text):
        if not letter.isalpha():
            continue
        texts.setdefault(text[:at] + text[at + 1 :], NEAR)
        for other in letters:
            texts.setdefault(text[:at] + other + text[at + 1 :], NEAREST)
            texts.setdefault(text[:at] + other + text[at:], NEAR)
        for second in range(at + 1, len(text)):
            if text[second].isalpha() and not set(text[at:second]) & set(",->"):
                texts.setdefault("".join(swapped(list(text), at, second)), NEAREST)
    arguments = Spot(node.args[0], spot, "args", 0)
    for new, level in texts.items():
        if new != text:
            yield spot.find("the letters of einsum", level, "", arguments.change(lambda _, new: ast.Constant(new), new))
    if len(node.args) == 3:
        yield spot.find("the order of the arguments", NEAREST, "", spot.set("args", swapped(node.args, 1, 2)))


def _of_frame(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    """Yield the edits of a call of NumPy's pad: which axes, and what the new numbers are."""
    node: ast.Call = spot.node
    stated = [keyword for keyword in node.keywords if keyword.arg == "constant_values"]
    for value in (*map(name, scope.parameters), constant(float("-inf")), constant(0), constant(float("nan"))):
        keywords = [*left_without(node.keywords, *stated), ast.keyword("constant_values", value)]
        yield spot.find("the value that is put around the array", NEAR, "", spot.set("keywords", keywords))
    if len(node.args) > 1:
        width = node.args[1]
        pairs = width.elts if isinstance(width, ast.Tuple) else []
        nothing = constant((0, 0))
        of = Spot(width, spot, "args", 1)
        for axes in (1, 2):
            around = [
                *[nothing] * axes,
                *(pairs if len(pairs) == 2 and isinstance(pairs[0], ast.Tuple) else [width, width] if not pairs else []),
            ]
            if len(around) > axes:
                four = [part if isinstance(part, ast.Tuple) else ast.Tuple([part, part], ast.Load()) for part in around]
                yield spot.find("the axes", NEAR, "", of.change(lambda _, four: ast.Tuple(four, ast.Load()), four))
