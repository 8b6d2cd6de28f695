"""One size where two are wanted: a name that stands for rows and for columns is the columns' own where columns are meant."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cnngrade.worker.edit_nodes import (
    plain_int,
)
from cnngrade.worker.edit_scope import (
    SIZE,
    Scope,
)
from cnngrade.worker.edit_spots import (
    FAR,
    NEAR,
    FoundEdit,
    Spot,
)

_WHAT = "the size that is used for both axes"


_MOST_STEPS = 4


@dataclass(frozen=True, slots=True)
class _Size:
    """What a name is bound to, once, and the line of that."""

    line: int
    value: ast.expr


def edits_of_sizes(spots: Sequence[Spot], scope: Scope) -> Iterator[FoundEdit]:
    """Yield, for each size without a counterpart, the edit of all its uses on one of two sides. All of these are twins."""
    sizes = _bound_once(spots, scope)
    for size, bound in sizes.items():
        if scope.side(size) or scope.kinds.get(size) != SIZE:
            continue
        uses = [spot for spot in spots if isinstance(spot.node, ast.Name) and spot.node.id == size and _is_read(spot)]
        for step, side, level in ((1, "2", NEAR), (-1, "1", FAR)):
            other = _along(bound.value, step, sizes, scope, _MOST_STEPS)
            there = [spot for spot in uses if _side_of(spot, scope) == side]
            if there and ast.dump(other) != ast.dump(bound.value):
                changes = tuple(spot.change(lambda _, other: copy.deepcopy(other), other) for spot in there)
                yield FoundEdit(bound.line, _WHAT, level, f"{_WHAT} {step}", changes)


def _is_read(spot: Spot) -> bool:
    return isinstance(spot.node.ctx, ast.Load)


def _bound_once(spots: Sequence[Spot], scope: Scope) -> dict[str, _Size]:
    """Return what each name of the definition is bound to that is bound once, and is no parameter."""
    found: dict[str, _Size] = {}
    often = set(scope.parameters)
    for spot in spots:
        node = spot.node
        if not isinstance(node, ast.Assign) or len(node.targets) != 1:
            continue
        for name, value in _bindings(node.targets[0], node.value):
            if name in found:
                often.add(name)
            found[name] = _Size(node.lineno, value)
    return {name: size for name, size in found.items() if name not in often}


def _bindings(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple):
        of_shape = isinstance(value, ast.Attribute) and value.attr == "shape"
        for at, part in enumerate(target.elts):
            if isinstance(part, ast.Name):
                if of_shape:
                    yield part.id, ast.Subscript(value, ast.Constant(at), ast.Load())
                elif isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts):
                    yield part.id, value.elts[at]


def _along(value: ast.expr, step: int, sizes: dict[str, _Size], scope: Scope, depth: int) -> ast.expr:
    """Return the expression of the same size along the next axis, or the one before; the same one where there is none."""
    if isinstance(value, ast.Name):
        if counterpart := scope.counterpart(value.id):
            return ast.Name(counterpart, ast.Load()) if (scope.side(value.id) == "1") == (step > 0) else value
        bound = sizes.get(value.id)
        if bound is None or depth == 0:
            return value
        other = _along(bound.value, step, sizes, scope, depth - 1)
        return value if ast.dump(other) == ast.dump(bound.value) else other
    if isinstance(value, ast.Subscript):
        axis = plain_int(value.slice)
        is_shape = isinstance(value.value, ast.Attribute) and value.value.attr == "shape"
        if is_shape and axis is not None and (axis >= 0) == (axis + step >= 0):
            return ast.Subscript(value.value, _number(axis + step), ast.Load())
        return value
    if isinstance(value, ast.BinOp):
        left, right = (_along(part, step, sizes, scope, depth) for part in (value.left, value.right))
        return ast.BinOp(left, value.op, right)
    return value


def _number(value: int) -> ast.expr:
    return ast.UnaryOp(ast.USub(), ast.Constant(-value)) if value < 0 else ast.Constant(value)


def _side_of(spot: Spot, scope: Scope) -> str:
    """Return the side of what a size is used for: that of the names around it, or of its place beside itself."""
    below = spot
    for around in spot.above():
        node = around.node
        if isinstance(node, ast.Tuple | ast.List | ast.Call) and below.name in ("elts", "args"):
            beside: list[ast.expr] = getattr(node, below.name)
            at = below.index or 0
            if at and ast.dump(beside[at - 1]) == ast.dump(beside[at]):
                return "2"
            if at + 1 < len(beside) and ast.dump(beside[at + 1]) == ast.dump(beside[at]):
                return "1"
        if isinstance(node, ast.For | ast.comprehension):
            return scope.one_side(node.target)
        if side := scope.one_side(node.targets[0] if isinstance(node, ast.Assign) else node):
            return side
        if isinstance(node, ast.stmt) or scope.has_side(node):
            return ""
        below = around
    return ""
