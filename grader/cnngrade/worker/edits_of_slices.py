"""Small edits of subscripts: an index, the start, the end and the step of a slice, axes that are left out or added."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from cnngrade.worker.edit_nodes import (
    called,
    constant,
    left_without,
    name,
    plain_int,
    swapped,
)
from cnngrade.worker.edit_scope import (
    INDEX,
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


def edits_of_slices(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    """Yield the edits of a subscript, or of a slice in one."""
    match spot.node:
        case ast.Slice():
            yield from _of_slice(spot, scope)
        case ast.Subscript(ctx=ast.Load()):
            yield from _of_subscript(spot, scope)
        case ast.Subscript():
            yield from _of_index(spot, scope)
        case ast.Name(ctx=ast.Load()) if not spot.inside(ast.Subscript, "slice"):
            yield from _indexed(spot, scope)


def _of_slice(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    node: ast.Slice = spot.node
    start, end, step = node.lower, node.upper, node.step
    words = {"lower": "the start of this slice", "upper": "the end of this slice", "step": "the step of this slice"}
    for field, what in words.items():
        if getattr(node, field) is not None:
            yield spot.find(what, NEAREST, f"no {field}", spot.set(field, None), here=True)
    sizes = scope.of_kind(SIZE)
    if isinstance(end, ast.UnaryOp) and isinstance(end.op, ast.USub):
        orelse = spot.set("upper", ast.BoolOp(ast.Or(), [end, ast.Constant(None)]))
        yield spot.find(words["upper"], NEAREST, "minus nothing", orelse)
        for size in sizes:
            to_size = spot.set("upper", ast.BinOp(name(size), ast.Sub(), end.operand))
            yield spot.find(words["upper"], NEAR, f"size less {scope.agrees(spot, size)}", to_size)
    if start is not None and end is not None:
        yield spot.find(words["upper"], NEAREST, "start added", spot.set("upper", ast.BinOp(start, ast.Add(), end)), here=True)
        yield spot.find(
            words["upper"], NEAR, "start taken away", spot.set("upper", ast.BinOp(end, ast.Sub(), start)), here=True
        )
    yield from _moved(spot)
    for other in scope.of_kind(SIZE, INDEX):
        agrees = scope.agrees(spot, other)
        if step is None and other in sizes:
            yield spot.find(words["step"], NEAREST, f"a step {agrees}", spot.set("step", name(other)), here=True)
        yield from _with_bounds(spot, other, agrees)
    back = spot.set("step", constant(-1)) if step is None else spot.set("step", ast.UnaryOp(ast.USub(), step))
    yield spot.find(words["step"], FAR, "backwards", back)
    if start is end is None:
        for other in scope.of_kind(INDEX):
            yield spot.find("the index", NEAR, f"{other}", spot.change(lambda _, other: name(other), other))


def _moved(spot: Spot) -> Iterator[FoundEdit]:
    """Yield the edits that move a slice along, and those that take what is before its bound for what comes after it."""
    start, end = spot.node.lower, spot.node.upper
    first, behind = (plain_int(part) if part is not None else None for part in (start, end))
    if first is not None and behind is not None:
        for step in (1, -1, 2, -2):
            if first + step >= 0 or first < 0:
                moved = spot.set("lower", constant(first + step)), spot.set("upper", constant(behind + step))
                yield spot.find("the bounds of this slice", NEAREST if abs(step) == 1 else NEAR, f"moved {step}", *moved)
    elif (start is None) != (end is None):
        turned = spot.set("lower", end), spot.set("upper", start)
        yield spot.find("the bounds of this slice", NEAREST, "turned", *turned, here=True)


def _with_bounds(spot: Spot, other: str, agrees: str) -> Iterator[FoundEdit]:
    """Yield the edits that move the start and the end of a slice by a name, or give it one."""
    start, end = spot.node.lower, spot.node.upper
    if end is not None and start is None:
        moved = (spot.set("lower", name(other)), spot.set("upper", ast.BinOp(name(other), ast.Add(), end)))
        yield spot.find("the start of this slice", NEAR, f"moved {agrees}", *moved, here=True)
        yield spot.find("the start of this slice", NEAR, f"a start {agrees}", spot.set("lower", name(other)), here=True)
    elif start is not None and end is not None:
        wider = spot.set("upper", ast.BinOp(end, ast.Mult(), name(other)))
        yield spot.find("the end of this slice", FAR, f"times {agrees}", wider, here=True)
        added = spot.set("upper", ast.BinOp(end, ast.Add(), name(other)))
        yield spot.find("the end of this slice", FAR, f"plus {agrees}", added, here=True)
    elif start is not None:
        yield spot.find("the end of this slice", NEAR, f"an end {agrees}", spot.set("upper", name(other)), here=True)
        to = spot.set("upper", ast.BinOp(start, ast.Add(), name(other)))
        yield spot.find("the end of this slice", NEAR, f"start plus {agrees}", to, here=True)
        before = spot.set("upper", ast.UnaryOp(ast.USub(), start))
        yield spot.find("the end of this slice", NEAR, "less the start", before, here=True)
    else:
        less = ast.BoolOp(ast.Or(), [ast.UnaryOp(ast.USub(), name(other)), ast.Constant(None)])
        inner = (spot.set("lower", name(other)), spot.set("upper", less))
        yield spot.find("this slice", FAR, f"inner {agrees}", *inner)
        yield spot.find("the start of this slice", FAR, f"a start {agrees}", inner[0])
        yield spot.find("the end of this slice", FAR, f"an end {agrees}", spot.set("upper", name(other)))


def _of_subscript(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    """Yield the edits of a subscript that is read."""
    node: ast.Subscript = spot.node
    yield spot.find("the index", NEAR, "", spot.change(lambda old: old.value))
    yield from _of_index(spot, scope)
    for function, needed in scope.functions.items():
        if len(needed) == 1:
            call = spot.change(lambda old, of: called(of, old.value), function)
            yield spot.find("whether a function is missing", FARTHEST, "", call)
    if plain_int(node.slice) is None and not isinstance(node.slice, ast.Tuple | ast.Slice):
        yield from _of_rows(spot, scope)


def _of_index(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    """Yield the edits of what stands in the brackets."""
    node: ast.Subscript = spot.node
    if isinstance(node.slice, ast.Tuple):
        yield from _of_axes(spot, scope)
    elif not isinstance(node.slice, ast.Slice):
        if isinstance(node.ctx, ast.Store):
            yield from _of_rows(spot, scope)
        for other in scope.of_kind(INDEX):
            for pair in ([node.slice, name(other)], [name(other), node.slice]):
                yield spot.find("the index", FAR, "", spot.set("slice", ast.Tuple(pair, ast.Load())))
        yield spot.find("the index", FAR, "", spot.set("slice", ast.Tuple([ast.Slice(), node.slice], ast.Load())))


def _of_rows(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    """Yield the edit that takes one number of each row, where the index takes whole rows."""
    node: ast.Subscript = spot.node
    rows = called(ast.Attribute(name(scope.numpy), "arange", ast.Load()), called("len", node.slice))
    yield spot.find("the index", NEAR, "", spot.set("slice", ast.Tuple([rows, node.slice], ast.Load())))


def _of_axes(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    index = spot.node.slice
    parts = index.elts
    inner = Spot(index, spot, "slice")
    if len(parts) > 6:
        return
    for one in range(len(parts)):
        for other in range(one + 1, len(parts)):
            if not (isinstance(parts[one], ast.Slice) and ast.dump(parts[one]) == ast.dump(parts[other])):
                yield spot.find(
                    "the order of the indices",
                    NEAREST if other == one + 1 else NEAR,
                    "",
                    inner.set("elts", swapped(parts, one, other)),
                )
    for at, part in enumerate(parts):
        yield spot.find("the index", NEAR, "", inner.set("elts", left_without(parts, part)))
        if not isinstance(part, ast.Slice):
            every = [*parts[:at], ast.Slice(), *parts[at + 1 :]]
            yield spot.find("the index", NEAR, "", inner.set("elts", every))
    for size in scope.of_kind(SIZE):
        stepped = ast.Slice(None, None, name(size))
        yield spot.find("the index", FAR, f"a step {size}", inner.set("elts", [*parts, stepped]))
    for at in range(len(parts) + 1):
        for new in (ast.Slice(), ast.Constant(None), *map(name, scope.of_kind(INDEX))):
            level = FAR if isinstance(new, ast.Slice | ast.Name) else FARTHEST
            yield spot.find("the index", level, "", inner.set("elts", [*parts[:at], new, *parts[at:]]))


def _indexed(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    """Yield the edits that take a part of an array by the number of a loop, or the last of a list, instead of a whole."""
    node, parent = spot.node, spot.parent
    if node.id not in scope.every_name or scope.kinds.get(node.id) in (SIZE, INDEX):
        return
    if isinstance(parent, ast.Call) and spot.name == "func":
        return
    for other in scope.of_kind(INDEX):
        part = spot.change(lambda old, other: ast.Subscript(old, name(other), ast.Load()), other)
        yield spot.find("the index", FAR, f"{other}", part)
        channel = spot.change(
            lambda old, other: ast.Subscript(old, ast.Tuple([ast.Slice(), name(other)], ast.Load()), ast.Load()), other
        )
        yield spot.find("the index", FARTHEST, f": {other}", channel)
    if isinstance(parent, ast.Attribute) or not scope.wide:
        return
    for store in scope.names:
        if store != node.id and scope.kinds.get(store) not in (SIZE, INDEX):
            for key in (constant(-1), *map(name, scope.of_kind(INDEX))):
                element = spot.change(lambda _, store, key: ast.Subscript(name(store), key, ast.Load()), store, key)
                yield spot.find("the names that are used", FARTHEST, "", element)
