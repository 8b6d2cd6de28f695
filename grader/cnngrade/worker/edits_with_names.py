"""Small edits that add a name to a value, take one away, or multiply or divide it by one."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from cnngrade.worker.edit_nodes import (
    called,
    name,
)
from cnngrade.worker.edit_scope import (
    ARRAY,
    INDEX,
    SIZE,
    UNKNOWN,
    Scope,
)
from cnngrade.worker.edit_spots import (
    FAR,
    FARTHEST,
    NEAR,
    FoundEdit,
    Spot,
)

_FACTORS: tuple[type[ast.operator], ...] = (ast.Div, ast.Mult)


_WITH_SIZES: tuple[type[ast.operator], ...] = (ast.Mult, ast.Add, ast.Sub, ast.FloorDiv)


_WITH_ARRAYS: tuple[tuple[type[ast.operator], str], ...] = (
    (ast.Sub, "what is subtracted"),
    (ast.Mult, "what it is multiplied or divided by"),
    (ast.Add, "what is added"),
)


def edits_with_names(spot: Spot, scope: Scope, kind: str) -> Iterator[FoundEdit]:
    """Yield the edits that add a name to a value, take one away, or multiply or divide it by one."""
    if kind in (SIZE, INDEX):
        yield from _with_sizes(spot, scope)
        return
    node, parent = spot.node, spot.parent
    returned = isinstance(parent, ast.Return) or (
        isinstance(parent, ast.Tuple) and isinstance(spot.up and spot.up.parent, ast.Return)
    )
    kept = isinstance(parent, ast.Assign | ast.AugAssign)
    for other in scope.of_kind(SIZE):
        for operator in _FACTORS:
            level = FARTHEST if operator is ast.Mult else NEAR if returned else FAR if kept else FARTHEST
            put = spot.change(lambda old, operator, other: ast.BinOp(old, operator(), name(other)), operator, other)
            yield spot.find(
                "what it is multiplied or divided by", level, f"{operator.__name__} {scope.agrees(spot, other)}", put
            )
    for other in scope.of_kind(ARRAY) if returned or kept else ():
        if other in scope.parameters:
            shared = spot.change(lambda old, other: ast.BinOp(old, ast.Div(), called("len", name(other))), other)
            yield spot.find("what it is multiplied or divided by", FAR, f"len {other}", shared)
    if not scope.wide or not isinstance(node, ast.Name | ast.Subscript | ast.Call):
        return
    for other in scope.of_kind(ARRAY, UNKNOWN):
        if isinstance(node, ast.Name) and node.id == other:
            continue
        for operator, what in _WITH_ARRAYS:
            put = spot.change(lambda old, operator, other: ast.BinOp(old, operator(), name(other)), operator, other)
            yield spot.find(what, FARTHEST, f"{operator.__name__} {other}", put)


def _with_sizes(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    node, parent = spot.node, spot.parent
    if isinstance(parent, ast.Assign | ast.Return):
        level = FAR
    elif spot.inside(ast.Subscript, "slice") or isinstance(parent, ast.BinOp | ast.Call | ast.Tuple):
        level = FAR if isinstance(node, ast.Name) else FARTHEST
    else:
        return
    if level == FARTHEST and not scope.wide:
        return
    what = "the index" if spot.inside(ast.Subscript, "slice") else "this calculation"
    for other in scope.of_kind(SIZE, INDEX):
        if isinstance(node, ast.Name) and node.id == other:
            continue
        if scope.kinds.get(other) == SIZE and scope.kind(node) == INDEX:
            backwards = spot.change(lambda old, other: _less(_less(name(other), ast.Constant(1)), old), other)
            yield spot.find(what, FARTHEST, f"backwards {scope.agrees(spot, other)}", backwards, here=True)
        # The number of a loop is not the place, and the place not the number, where a loop goes in steps.
        in_steps = scope.kinds.get(other) == SIZE and isinstance(node, ast.Name) and scope.kind(node) == INDEX
        if other in scope.parameters and scope.kinds.get(other) == SIZE and isinstance(node, ast.Name):
            # What lies on both sides of something counts twice.
            for sign, far in ((ast.Add, NEAR if level == FAR else level), (ast.Sub, FARTHEST)):
                both = ast.BinOp(ast.Constant(2), ast.Mult(), name(other))
                more = spot.change(lambda old, sign, both: ast.BinOp(old, sign(), both), sign, both)
                yield spot.find(what, far, f"twice {sign.__name__} {scope.agrees(spot, other)}", more, here=True)
        for operator in _WITH_SIZES:
            put = spot.change(lambda old, operator, other: ast.BinOp(old, operator(), name(other)), operator, other)
            near = NEAR if in_steps and operator in (ast.Mult, ast.FloorDiv) else level
            yield spot.find(what, near, f"{operator.__name__} {scope.agrees(spot, other)}", put, here=True)


def _less(left: ast.expr, right: ast.expr) -> ast.BinOp:
    return ast.BinOp(left, ast.Sub(), right)
