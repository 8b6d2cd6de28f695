"""Small edits that make something else of an array: a copy, floats, other axes, a frame more or less."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from cnngrade.worker.edit_nodes import (
    called,
    constant,
    method,
    name,
    name_called,
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


def edits_of_arrays(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    """Yield the edits that make something else of an array."""
    node, parent = spot.node, spot.parent
    is_name = isinstance(node, ast.Name)
    numpy = name(scope.numpy)

    def of_numpy(function: str, old: ast.expr, **keywords: ast.expr) -> ast.Call:
        return called(ast.Attribute(numpy, function, ast.Load()), old, **keywords)

    kept = (
        (isinstance(parent, ast.Assign) and spot.name == "value")
        or isinstance(parent, ast.IfExp | ast.Return)
        or (isinstance(parent, ast.Call) and isinstance(parent.func, ast.Attribute) and parent.func.attr == "append")
    )
    if kept or is_name:
        level = NEAREST if kept and (is_name or isinstance(parent, ast.IfExp)) else NEAR if kept else FARTHEST
        yield spot.find("whether a copy is needed", level, "copy", spot.change(lambda old: of_numpy("array", old)))
    yield spot.find(
        "the dtype", NEAR if is_name else FAR, "float", spot.change(lambda old: of_numpy("asarray", old, dtype=name("float")))
    )
    multiplied = isinstance(parent, ast.Call) and name_called(parent) in ("dot", "matmul", "inner")
    yield spot.find(
        "which arrays are transposed",
        NEAREST if multiplied else FAR,
        "T",
        spot.change(lambda old: ast.Attribute(old, "T", ast.Load())),
    )
    yield spot.find("whether a number or an array is meant", FARTHEST, "float", spot.change(lambda old: called("float", old)))
    for function in ("abs", "sqrt", "sign", "exp", "log"):
        yield spot.find(
            "whether a function is missing", FARTHEST, function, spot.change(lambda old, of: of_numpy(of, old), function)
        )
    yield spot.find("the power", FARTHEST, "square", spot.change(lambda old: ast.BinOp(old, ast.Pow(), ast.Constant(2))))
    yield spot.find("the power", FARTHEST, "root", spot.change(lambda old: ast.BinOp(old, ast.Pow(), ast.Constant(0.5))))
    back = ast.Slice(None, None, constant(-1))
    for turned in ((back, back), (back,)):
        index = ast.Tuple([ast.Constant(...), *turned], ast.Load())
        flipped = spot.change(lambda old, index: ast.Subscript(old, index, ast.Load()), index)
        yield spot.find("the order along an axis", FARTHEST, f"{len(turned)}", flipped)
    crossed = spot.change(lambda old: method(old, "swapaxes", constant(-1), constant(-2)))
    yield spot.find("which arrays are transposed", FARTHEST, "swapped", crossed)
    first = spot.change(lambda old: ast.Subscript(old, ast.Constant(0), ast.Load()))
    yield spot.find("whether a number or an array is meant", FARTHEST, "first", first)
    if isinstance(parent, ast.BinOp | ast.AugAssign):
        yield from _lined_up(spot)
    if isinstance(parent, ast.Return | ast.Assign) or spot.inside(ast.Return):
        yield from _framed(spot, scope)


def _framed(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    """Yield the edits that cut a frame off the last two axes of an array, or put one round them."""
    if not isinstance(spot.node, ast.Name | ast.Call):
        return
    numpy = name(scope.numpy)
    for size in scope.parameters:
        if scope.kinds.get(size) != SIZE:
            continue
        inner = ast.Slice(name(size), ast.BoolOp(ast.Or(), [ast.UnaryOp(ast.USub(), name(size)), ast.Constant(None)]))
        cut = ast.Tuple([ast.Constant(...), inner, inner], ast.Load())
        without_it = spot.change(lambda old, cut: ast.Subscript(old, cut, ast.Load()), cut)
        yield spot.find("the size of this array", FAR, f"cut {size}", without_it)
        sides = ast.Tuple([name(size), name(size)], ast.Load())
        padded = spot.change(lambda old, sides: _padded(numpy, old, sides), sides)
        yield spot.find("the size of this array", FAR, f"padded {size}", padded)


def _padded(numpy: ast.expr, array: ast.expr, sides: ast.expr) -> ast.expr:
    """Return the call that puts a frame round the last two of four axes."""
    nothing = constant((0, 0))
    widths = ast.Tuple([nothing, nothing, sides, sides], ast.Load())
    return called(ast.Attribute(numpy, "pad", ast.Load()), array, widths)


def _lined_up(spot: Spot) -> Iterator[FoundEdit]:
    """Yield the edits that give an operand further axes, so that it lines up with the other along another one."""
    everything, new = ast.Slice(), ast.Constant(None)
    near = NEAREST if isinstance(spot.node, ast.Name) else FAR
    for level, axes in (
        (near, (everything, new, new)),
        (near, (everything, new)),
        (near, (new, everything, new, new)),
        (FAR, (ast.Constant(...), new)),
        (FAR, (ast.Constant(...), new, new)),
        (FAR, (new, everything)),
        (FARTHEST, (everything, new, new, new)),
        (FARTHEST, (everything, everything, new, new)),
        (FARTHEST, (everything, new, everything)),
    ):
        index = ast.Tuple(list(axes), ast.Load())
        yield spot.find(
            "the axes of this array", level, "", spot.change(lambda old, index: ast.Subscript(old, index, ast.Load()), index)
        )
    column = spot.change(lambda old: method(old, "reshape", constant(-1), constant(1)))
    yield spot.find("the axes of this array", FARTHEST, "", column)
