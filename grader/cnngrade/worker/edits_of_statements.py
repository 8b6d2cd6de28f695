"""Small edits of statements: `=` or `+=`, in a loop or outside, their order, a check of the student's own, a condition."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from typing import Any

from cnngrade.worker.edit_nodes import (
    called,
    left_without,
    method,
    name,
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
    Change,
    FoundEdit,
    Loop,
    Spot,
)

_LISTS = ("body", "orelse", "finalbody")


_MOST_LOOPS = 5


def edits_of_statements(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    """Yield the edits of a statement."""
    node = spot.node
    if isinstance(node, ast.If | ast.While):
        yield from _of_test(spot, scope)
    if not isinstance(node, ast.stmt) or spot.name not in _LISTS or spot.index is None:
        return
    match node:
        case ast.AugAssign():
            yield from _of_augmented(spot)
        case ast.Assign(targets=[target]):
            yield from _of_assigned(spot, target)
        case ast.Break():
            yield spot.find("`break`", NEAREST, "", spot.change(lambda _: ast.Continue()))
        case ast.Continue():
            yield spot.find("`continue`", NEAREST, "", spot.change(lambda _: ast.Break()))
        case ast.For():
            yield from _of_loop(spot)
    if isinstance(node, ast.AugAssign | ast.Assign):
        yield from _of_changed_argument(spot, scope)
    if isinstance(node, ast.AugAssign | ast.Assign | ast.Expr):
        yield from _of_none(spot, scope)
    yield from _left_out(spot)
    yield from _but_at_the_end(spot)
    yield from _returned(spot, scope)
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield from _moved(spot)


def _of_augmented(spot: Spot) -> Iterator[FoundEdit]:
    node: ast.AugAssign = spot.node
    likely: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
        ast.Add: (ast.Sub,),
        ast.Sub: (ast.Add,),
        ast.Mult: (ast.Div,),
        ast.Div: (ast.Mult, ast.FloorDiv),
    }
    for other in (ast.Add, ast.Sub, ast.Mult, ast.Div):
        if not isinstance(node.op, other):
            level = NEAREST if other in likely.get(type(node.op), ()) else FAR
            yield spot.find("the operator", level, f"{type(node.op).__name__} {other.__name__}", spot.set("op", other()))
    yield spot.find("whether it is `=` or `+=`", NEAREST, "plain", spot.change(lambda old: ast.Assign([old.target], old.value)))
    target: ast.expr = node.target
    if isinstance(target, ast.Name):
        # In spot, the array that was given is changed as well.
        anew = spot.change(lambda old: ast.Assign([old.target], ast.BinOp(name(target.id), old.op, old.value)))
        yield spot.find("whether a copy is needed", NEAREST, "anew", anew)


def _of_assigned(spot: Spot, target: ast.expr) -> Iterator[FoundEdit]:
    if isinstance(target, ast.Subscript):
        for operator, level in ((ast.Add, NEAREST), (ast.Sub, FAR), (ast.Mult, FARTHEST)):
            added = spot.change(lambda old, operator: ast.AugAssign(old.targets[0], operator(), old.value), operator)
            yield spot.find("whether it is `=` or `+=`", level, operator.__name__, added)
    elif isinstance(target, ast.Name):
        level = NEAREST if any(isinstance(above.node, ast.For | ast.While) for above in spot.above()) else FAR
        yield spot.find(
            "whether it is `=` or `+=`",
            level,
            "Add",
            spot.change(lambda old: ast.AugAssign(old.targets[0], ast.Add(), old.value)),
        )


def _of_loop(spot: Spot) -> Iterator[FoundEdit]:
    node: ast.For = spot.node
    backwards = Spot(node.iter, spot, "iter").change(lambda old: called("reversed", called("list", old)))
    yield spot.find("the order of this loop", NEAR, "", backwards)


def _of_changed_argument(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    """Yield the edits that make a copy of an argument before the function writes into it."""
    target: Any = spot.node.target if isinstance(spot.node, ast.AugAssign) else spot.node.targets[0]
    if not isinstance(target, ast.Subscript):
        return
    while isinstance(target, ast.Subscript | ast.Attribute):
        target = target.value
    function = next((above.node for above in spot.above() if isinstance(above.node, ast.FunctionDef)), None)
    if function is None or not isinstance(target, ast.Name) or target.id not in scope.parameters:
        return
    array = ast.Attribute(name(scope.numpy), "array", ast.Load())
    items = ast.comprehension(
        ast.Tuple([ast.Name("key", ast.Store()), ast.Name("value", ast.Store())], ast.Store()), method(target, "items"), [], 0
    )
    of_dict = ast.DictComp(name("key"), called(array, name("value")), [items])
    for level, copied in ((NEAREST, called(array, name(target.id))), (NEAR, of_dict)):
        first = ast.Assign([ast.Name(target.id, ast.Store())], copied)
        before = Change(function, "body", None, lambda old, first: [first, *old], None, (first,))
        yield spot.find("whether a copy is needed", level, f"copied {target.id}", before)


def _of_none(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    """Yield the edits that do nothing, or bind None, where an argument is None."""
    what = "what is done where a value is None"
    used = {node.id for node in ast.walk(spot.node) if isinstance(node, ast.Name)}
    for parameter in scope.parameters:
        if scope.kinds.get(parameter) == SIZE:
            continue
        is_none = ast.Compare(name(parameter), [ast.Is()], [ast.Constant(None)])
        if parameter in used:
            there = ast.UnaryOp(ast.Not(), is_none)
            only_then = spot.change(lambda old, there: ast.If(there, [old], []), there)
            yield spot.find(what, NEAR if parameter in scope.optional else FAR, f"not {parameter}", only_then)
        if isinstance(spot.node, ast.Assign):
            value = Spot(spot.node.value, spot, "value")
            or_none = value.change(lambda old, test: ast.IfExp(test, ast.Constant(None), old), is_none)
            yield spot.find(what, FAR, f"or {parameter}", or_none)


def _returned(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    """Yield the edits that return something at the end of a function that returns nothing anywhere."""
    function = spot.parent
    if not isinstance(function, ast.FunctionDef) or spot.node is not function.body[-1]:
        return
    if any(isinstance(node, ast.Return) and node.value for node in ast.walk(function)):
        return
    for local in scope.every_name:
        if local not in scope.parameters and scope.kinds.get(local) not in (SIZE, INDEX):
            back = Change(function, "body", None, lambda old, local: [*old, ast.Return(name(local))], None, (local,))
            yield spot.find("what is returned", NEAR, "", back, line=getattr(spot.node, "end_lineno", None) or spot.line)


def _refuses(body: list[ast.stmt]) -> bool:
    return len(body) == 1 and isinstance(body[0], ast.Raise | ast.Assert)


def _of_test(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    """Yield the edits of the condition of an if, or of a while."""
    node: ast.If | ast.While = spot.node
    refuses = isinstance(node, ast.If) and _refuses(node.body)
    what = "this check" if refuses else "the condition"
    test = Spot(node.test, spot, "test")
    if isinstance(node.test, ast.Name) and node.test.id in scope.optional:
        # Zero is false as well, and an array is neither.
        given = ast.Compare(node.test, [ast.IsNot()], [ast.Constant(None)])
        yield spot.find(what, NEAREST, "given", test.change(lambda _, given: given, given))
    yield spot.find(what, NEAREST, "not", test.change(lambda old: ast.UnaryOp(ast.Not(), old)))
    if isinstance(node, ast.If):
        yield spot.find(
            what, NEAR, "always", test.change(lambda _: ast.Constant(True)), removes=bool(node.orelse) and not refuses
        )
        yield spot.find(
            what, NEAREST if refuses else NEAR, "never", test.change(lambda _: ast.Constant(False)), removes=not refuses
        )


def _is_work(node: ast.stmt) -> bool:
    """Say whether leaving a statement out leaves work out, and not a check of one's own."""
    return not isinstance(node, ast.Assert | ast.Raise) and not (isinstance(node, ast.If) and _refuses(node.body))


def _left_out(spot: Spot) -> Iterator[FoundEdit]:
    node = spot.node
    if isinstance(node, ast.Pass | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Return | ast.If):
        return
    work = _is_work(node)
    level = FAR if work else NEAREST
    yield spot.find(
        "this statement" if work else "this check", level, "left out", spot.change(lambda _: ast.Pass()), removes=work
    )


def _but_at_the_end(spot: Spot) -> Iterator[FoundEdit]:
    """Yield the edits that leave the end of a loop's body out at the last turn, or at the first."""
    loop = spot.parent
    if not isinstance(loop, ast.For) or spot.name != "body" or spot.node is not loop.body[-1] or len(loop.body) < 2:
        return
    if isinstance(loop.target, ast.Name):
        for turn in _ends_of(loop.iter):
            test = ast.Compare(name(loop.target.id), [ast.NotEq()], [turn])
            others = spot.change(lambda old, test: ast.If(test, [old], []), test)
            yield spot.find("what is done at each turn of the loop", NEAR, "", others)


def _ends_of(turns: ast.expr) -> list[ast.expr]:
    """Return the last and the first value that a loop takes, as far as they are written there."""
    if isinstance(turns, ast.Tuple | ast.List) and turns.elts:
        return [turns.elts[-1], turns.elts[0]]
    if isinstance(turns, ast.Call) and getattr(turns.func, "id", "") == "range" and 1 <= len(turns.args) <= 2:
        first = turns.args[0] if len(turns.args) == 2 else ast.Constant(0)
        return [ast.BinOp(turns.args[-1], ast.Sub(), ast.Constant(1)), first]
    return []


def _taken_out(node: ast.stmt, parent: ast.AST, field: str) -> Change:
    """Return the change that takes a statement out of a list of statements; one that would be empty does nothing."""
    return Change(parent, field, None, lambda old: left_without(old, node) or [ast.Pass()])


def _beside(node: ast.stmt, other: ast.stmt, parent: ast.AST, field: str, after: bool) -> Change:
    """Return the change that puts a statement in front of another one, or behind it."""

    def build(old: list[ast.stmt]) -> list[ast.stmt]:
        at = next((at for at, part in enumerate(old) if part is other), None)
        if at is None:
            raise ValueError("another edit has taken the place away")
        return [*old[: at + after], node, *old[at + after :]]

    return Change(parent, field, None, build)


def _moved(spot: Spot) -> Iterator[FoundEdit]:
    """Yield the edits that move a statement out of the loops around it, into the ones beside it, or past its neighbours."""
    if not isinstance(spot.node, ast.Break | ast.Continue):
        yield from _out_of_loops(spot)
    if not isinstance(spot.node, ast.Return):
        yield from _into_loops(spot)
        yield from _past_neighbours(spot)


_INSIDE = "what is inside the loop"


def _out_of_loops(spot: Spot) -> Iterator[FoundEdit]:
    node, parent = spot.node, spot.parent
    is_return = isinstance(node, ast.Return)
    around, depth = spot.up, 0
    while around is not None and isinstance(around.node, ast.For | ast.While | ast.If | ast.With) and depth < _MOST_LOOPS:
        if around.name not in _LISTS:
            break
        is_loop = isinstance(around.node, ast.For | ast.While)
        level = NEAREST if is_return else NEAR if is_loop and depth < 2 else FAR
        out = _taken_out(node, parent, spot.name)
        for after in (True,) if is_return else (True, False):
            what = _INSIDE if is_loop else "what is inside the `if`"
            yield spot.find(what, level, "", out, _beside(node, around.node, around.parent, around.name, after))
        around, depth = around.up, depth + 1


def _into_loops(spot: Spot) -> Iterator[FoundEdit]:
    node, parent = spot.node, spot.parent
    siblings: list[ast.stmt] = getattr(parent, spot.name)
    at = spot.index or 0
    out = _taken_out(node, parent, spot.name)
    behind = next((other for other in siblings[at + 1 : at + 4] if isinstance(other, ast.For | ast.While)), None)
    for loop in itertools.islice(_nested(behind), _MOST_LOOPS):
        yield spot.find(_INSIDE, NEAREST, "", out, Change(loop, "body", None, lambda old: [node, *old]))
    for loop in itertools.islice(_nested(siblings[at - 1] if at else None), _MOST_LOOPS):
        yield spot.find(_INSIDE, NEAR, "", out, Change(loop, "body", None, lambda old: [*old, node]))


def _nested(loop: ast.stmt | None) -> Iterator[Loop]:
    """Yield a loop, the first one in it, the first one in that."""
    while isinstance(loop, ast.For | ast.While):
        yield loop
        loop = next((part for part in loop.body if isinstance(part, ast.For | ast.While)), None)


def _past_neighbours(spot: Spot) -> Iterator[FoundEdit]:
    node, parent, field = spot.node, spot.parent, spot.name
    siblings: list[ast.stmt] = getattr(parent, field)
    at = spot.index or 0
    what = "the order of the statements"
    if at + 1 < len(siblings):
        following = siblings[at + 1]
        turned = {id(node): following, id(following): node}
        yield spot.find(what, NEAR, "", Change(parent, field, None, lambda old: [turned.get(id(part), part) for part in old]))
    if at + 2 < len(siblings):
        last = [part for part in siblings[-1:] if isinstance(part, ast.Return)]
        yield spot.find(what, FAR, "", Change(parent, field, None, lambda old: [*left_without(old, node, *last), node, *last]))
    if at > 1:
        yield spot.find(what, FARTHEST, "", Change(parent, field, None, lambda old: [node, *left_without(old, node)]))
