"""Small edits of values: operators, comparisons, numbers, names, signs, and what an expression is wrapped in."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from cnngrade.worker.edit_nodes import (
    called,
    constant,
    left_without,
    name,
    plain_int,
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
    NEAREST,
    FoundEdit,
    Spot,
)
from cnngrade.worker.edits_of_arrays import edits_of_arrays
from cnngrade.worker.edits_with_names import edits_with_names

# Which operators are taken for which, the likeliest first.
_CONFUSED: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.MatMult, ast.Add, ast.Div, ast.FloorDiv, ast.Pow),
    ast.Div: (ast.FloorDiv, ast.Mult),
    ast.FloorDiv: (ast.Div, ast.Mod, ast.Mult),
    ast.Mod: (ast.FloorDiv,),
    ast.MatMult: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.BitXor: (ast.Pow,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}


_FARTHER_OPERATORS = (ast.Sub, ast.Add, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod)


_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt, ast.GtE, ast.NotEq),
    ast.LtE: (ast.Lt, ast.GtE, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt, ast.LtE, ast.NotEq),
    ast.GtE: (ast.Gt, ast.LtE, ast.Lt),
    ast.Eq: (ast.NotEq, ast.GtE, ast.LtE),
    ast.NotEq: (ast.Eq, ast.Gt, ast.Lt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}


_EXPRESSIONS = (ast.Name, ast.BinOp, ast.Call, ast.Subscript, ast.UnaryOp, ast.Attribute, ast.IfExp)


def edits_of_values(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    """Yield the edits of a value."""
    node = spot.node
    match node:
        case ast.BinOp():
            yield from _of_operator(spot, scope)
        case ast.Compare(ops=[operator]):
            for other in _COMPARED.get(type(operator), ()):
                yield spot.find(
                    "the comparison", NEAREST, f"{type(operator).__name__} {other.__name__}", spot.set("ops", [other()])
                )
        case ast.BoolOp():
            yield from _of_condition(spot)
        case ast.Constant():
            yield from _of_constant(spot, scope)
        case ast.UnaryOp(op=ast.USub()) if plain_int(node) is None:
            yield spot.find("the sign", NEAREST, "no minus", spot.change(lambda old: old.operand))
        case ast.UnaryOp(op=ast.Not()):
            yield spot.find("the condition", NEAREST, "no not", spot.change(lambda old: old.operand))
        case ast.IfExp():
            yield from _of_choice(spot)
        case ast.Name(ctx=ast.Load()):
            yield from _of_name(spot, scope)
        case ast.Attribute(ctx=ast.Load()):
            yield from _of_attribute(spot, scope)
    if isinstance(node, _EXPRESSIONS) and isinstance(getattr(node, "ctx", None), ast.Load | None) and _stands_for_itself(spot):
        yield from _wrapped(spot, scope)


def _stands_for_itself(spot: Spot) -> bool:
    """Say whether an expression is a value there, and not what is called, read from or written to."""
    parent = spot.parent
    return not (
        (
            isinstance(parent, ast.Attribute | ast.Starred | ast.keyword | ast.Expr | ast.alias)
            and not (isinstance(parent, ast.keyword) and parent.arg)
        )
        or (isinstance(parent, ast.Call) and spot.name == "func")
        or (
            isinstance(parent, ast.Subscript)
            and spot.name == "value"
            and isinstance(spot.node, ast.Subscript | ast.Name | ast.Attribute)
        )
    )


def _of_operator(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    node: ast.BinOp = spot.node
    is_size = scope.kind(node) in (SIZE, INDEX)
    confused = _CONFUSED.get(type(node.op), ())
    for other in confused:
        if is_size and other in (ast.MatMult, ast.Pow):
            continue
        yield spot.find(
            "the operator",
            FAR if is_size and other is ast.Div else NEAREST,
            f"{type(node.op).__name__} {other.__name__}",
            spot.set("op", other()),
            here=True,
        )
    for other in _FARTHER_OPERATORS:
        if other not in confused and not isinstance(node.op, other | ast.Pow | ast.MatMult):
            yield spot.find("the operator", FAR, f"{type(node.op).__name__} {other.__name__}", spot.set("op", other()))
    small = abs(plain_int(node.right) or 9) <= 2
    yield spot.find(
        "the end of this calculation", NEAREST if small else FAR, "left", spot.change(lambda old: old.left), here=True
    )
    twice = isinstance(node.op, ast.Mult) and abs(plain_int(node.left) or 9) <= 2
    yield spot.find("this calculation", NEAR if twice else FAR, "right", spot.change(lambda old: old.right), here=True)
    if scope.kind(node) != ARRAY and isinstance(node.op, ast.Add | ast.Sub):
        yield from _doubled(spot, scope)
    if isinstance(node.op, ast.Mult):
        yield from _masked(spot, scope)
    if is_size and isinstance(node.left, ast.BinOp):
        for part in _names_within(node):
            yield spot.find("this calculation", FAR, f"only {part}", spot.change(lambda _, part: name(part), part))
    if isinstance(node.op, ast.Sub | ast.Div | ast.FloorDiv | ast.MatMult | ast.Mod):
        turned = (spot.set("left", node.right), spot.set("right", node.left))
        yield spot.find("the order of the two sides", NEAREST, "turned", *turned)
    if isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.Div | ast.FloorDiv):
        yield from _of_brackets(spot)
    if isinstance(node.op, ast.Add) and not is_size:
        root = ast.Attribute(name(scope.numpy), "hypot", ast.Load())
        yield spot.find("how the two are added", FARTHEST, "", spot.change(lambda old: called(root, old.left, old.right)))
    if isinstance(node.op, ast.MatMult):
        for side in ("left", "right"):
            operand = Spot(getattr(node, side), spot, side)
            yield spot.find(
                "which arrays are transposed", NEAREST, "", operand.change(lambda old: ast.Attribute(old, "T", ast.Load()))
            )


def _doubled(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    """Yield the edits that take a term of a sum twice."""
    for side in ("left", "right"):
        term = Spot(getattr(spot.node, side), spot, side)
        if isinstance(term.node, ast.Name):
            twice = term.change(lambda old: ast.BinOp(ast.Constant(2), ast.Mult(), old))
            yield term.find("this calculation", NEAR, f"twice {scope.label(term.node.id)}", twice)


def _masked(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    """Yield the edits of a product with a condition: 0 times infinity is not 0."""
    node: ast.BinOp = spot.node
    numpy = name(scope.numpy)
    for condition, value in ((node.left, node.right), (node.right, node.left)):
        if isinstance(condition, ast.Compare):
            chosen = called(ast.Attribute(numpy, "where", ast.Load()), condition, value, ast.Constant(0))
            yield spot.find("the product with a condition", NEAR, "where", spot.change(lambda _, chosen: chosen, chosen))
            largest = called(ast.Attribute(numpy, "maximum", ast.Load()), value, condition.comparators[0])
            yield spot.find("the product with a condition", NEAR, "largest", spot.change(lambda _, largest: largest, largest))


def _names_within(node: ast.expr) -> list[str]:
    """Return the names that a short expression is made of, each once."""
    return list(dict.fromkeys(part.id for part in ast.walk(node) if isinstance(part, ast.Name)))[:6]


def _of_brackets(spot: Spot) -> Iterator[FoundEdit]:
    """Yield the edits that move a bracket: `a - b + c` and `a - (b + c)`, `a + b // c` and `(a + b) // c`."""
    node: ast.BinOp = spot.node
    left, right = node.left, node.right
    if isinstance(left, ast.BinOp):
        inner = left
        yield spot.find(
            "the brackets",
            NEAR,
            f"to the right {type(inner.op).__name__} {type(node.op).__name__}",
            spot.change(lambda old: ast.BinOp(inner.left, inner.op, ast.BinOp(inner.right, old.op, old.right))),
            here=True,
        )
    if isinstance(right, ast.BinOp):
        nested = right
        yield spot.find(
            "the brackets",
            NEAR,
            f"to the left {type(nested.op).__name__} {type(node.op).__name__}",
            spot.change(lambda old: ast.BinOp(ast.BinOp(old.left, old.op, nested.left), nested.op, nested.right)),
            here=True,
        )


def _of_condition(spot: Spot) -> Iterator[FoundEdit]:
    node: ast.BoolOp = spot.node
    other = ast.And if isinstance(node.op, ast.Or) else ast.Or
    yield spot.find("whether it is `and` or `or`", NEAREST, "", spot.set("op", other()))
    if isinstance(node.op, ast.Or) and len(node.values) == 2 and isinstance(node.values[0], ast.Name):
        # Nothing and zero are false as well.
        given = ast.Compare(node.values[0], [ast.IsNot()], [ast.Constant(None)])
        chosen = ast.IfExp(given, node.values[0], node.values[1])
        yield spot.find("what counts as false", NEAR, "", spot.change(lambda _, chosen: chosen, chosen))
    if len(node.values) > 1:
        for part in node.values:
            rest = left_without(node.values, part)
            yield spot.find(
                "the parts of the condition",
                NEAR,
                "",
                spot.change(lambda old, rest: rest[0] if len(rest) == 1 else ast.BoolOp(old.op, rest), rest),
            )


def _of_choice(spot: Spot) -> Iterator[FoundEdit]:
    node: ast.IfExp = spot.node
    yield from _of_reach(spot)
    yield spot.find("the condition", NEAREST, "swapped", spot.set("body", node.orelse), spot.set("orelse", node.body))
    yield spot.find("the condition", NEAR, "body", spot.change(lambda old: old.body))
    yield spot.find("the condition", NEAR, "orelse", spot.change(lambda old: old.orelse))


def _of_reach(spot: Spot) -> Iterator[FoundEdit]:
    """Yield the edits that move the beginning of a conditional expression: it takes in all that stands before it."""
    node: ast.IfExp = spot.node
    what = "where this conditional expression begins"
    if isinstance(node.body, ast.BinOp):
        last = ast.IfExp(node.test, node.body.right, node.orelse)
        narrow = ast.BinOp(node.body.left, node.body.op, last)
        yield spot.find(what, NEAREST, "narrow", spot.change(lambda _, narrow: narrow, narrow))
    if isinstance(spot.parent, ast.BinOp) and spot.name == "right" and spot.up is not None and spot.up.up is not None:
        whole = ast.IfExp(node.test, ast.BinOp(spot.parent.left, spot.parent.op, node.body), node.orelse)
        yield spot.find(what, NEAREST, "wide", spot.up.change(lambda _, whole: whole, whole))


def _of_constant(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    value = spot.node.value
    if type(value) is bool:
        yield spot.find("whether it is True or False", NEAREST, "bool", spot.set("value", not value))
    elif type(value) is int and abs(value) < 10**6:
        signed = isinstance(spot.parent, ast.UnaryOp)
        near = [value + 1, value - 1] if value else [1, -1]
        for new in dict.fromkeys((*near, 0, 1, 2, -value, value + 2, value * 2, -1, -2)):
            if new != value and not (signed and new < 0):
                level = NEAREST if abs(new - value) == 1 else NEAR if new in (0, 1, -value) else FAR
                yield spot.find(
                    "the numbers", level, f"{new - value}", spot.change(lambda _, new: constant(new), new), here=True
                )
        yield spot.find("the numbers", FARTHEST, "None", spot.set("value", None))
        yield from _named(spot, scope)
        if not value:
            least = spot.change(lambda _: constant(float("-inf")))
            yield spot.find("the numbers", FAR, "least", least)
    elif type(value) is float:
        around = (0.0, 1.0, -value, float("-inf"), float("inf"), value / 10, value * 10, value / 2, value * 2, 1 - value)
        for number in dict.fromkeys(around):
            if number != value and number == number:
                level = NEAREST if number in (0.0, 1.0, -value, float("-inf")) else FAR
                yield spot.find("the numbers", level, f"{number}", spot.change(lambda _, new: constant(new), number), here=True)
        if value:
            yield spot.find("the numbers", FAR, "inverse", spot.set("value", 1 / value), here=True)
    elif isinstance(value, str) and isinstance(spot.parent, ast.Subscript):
        for other in scope.keys:
            if other != value:
                yield spot.find("the key", NEAR, "", spot.set("value", other))
    elif value is None:
        yield spot.find("whether None is right", FAR, "", spot.set("value", 0))


def _named(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    """Yield the edits that put what is given, or a size, where a number is written."""
    assigned = isinstance(spot.parent, ast.Assign | ast.Return | ast.IfExp)
    of_shape = isinstance(spot.parent, ast.Subscript)
    if of_shape or isinstance(spot.parent, ast.arguments):
        return
    for other in scope.names:
        kind = scope.kinds.get(other, UNKNOWN)
        if kind == SIZE or (assigned and other in scope.parameters and kind != ARRAY):
            level = NEAR if assigned else FAR
            yield spot.find("the numbers", level, f"{other}", spot.change(lambda _, other: name(other), other))


def _of_attribute(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    """Yield the edits that read another attribute of the same object."""
    node: ast.Attribute = spot.node
    if not isinstance(node.value, ast.Name) or (isinstance(spot.parent, ast.Call) and spot.name == "func"):
        return
    for other in scope.attributes.get(node.value.id, ()):
        if other != node.attr:
            yield spot.find("which attribute is read", NEAR, f"{node.attr} {other}", spot.set("attr", other))


def _of_name(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    node: ast.Name = spot.node
    if node.id not in scope.every_name or (isinstance(spot.parent, ast.Call) and spot.name == "func"):
        return
    together = scope.groups.get(node.id, frozenset())
    kind = scope.kinds.get(node.id, UNKNOWN)
    returned = isinstance(spot.parent, ast.Return) or spot.inside(ast.Return)
    for other in scope.names:
        if other == node.id:
            continue
        if (
            other == scope.counterpart(node.id)
            or (kind == INDEX and scope.kinds.get(other) == INDEX)
            or other in together
            or (returned and scope.fits(node.id, other))
        ):
            level = NEAREST
        elif kind and kind == scope.kinds.get(other):
            level = NEAR
        elif scope.fits(node.id, other):
            level = FAR
        else:
            continue
        crosses = scope.side(node.id) and scope.side(other) and scope.side(node.id) != scope.side(other)
        like = f"{scope.label(node.id)} {scope.label(other)} {'across' if crosses else ''}"
        yield spot.find("the names that are used", level, like, spot.change(lambda _, other: name(other), other))


def _wrapped(spot: Spot, scope: Scope) -> Iterator[FoundEdit]:
    """Yield the edits that make something else of a value: one more or less, whole, negative, a copy, floats, times a name."""
    kind = scope.kind(spot.node)
    level = _level_of_counts(spot, kind)
    if kind != ARRAY:
        for step in (-1, 1):
            what = "the end of this slice" if isinstance(spot.parent, ast.Slice) else "whether it is off by one"
            operator = ast.Sub() if step < 0 else ast.Add()
            put = spot.change(lambda old, operator: ast.BinOp(old, operator, ast.Constant(1)), operator)
            yield spot.find(what, level, f"{step}", put, here=True)
        divided = any(isinstance(part, ast.Div) for part in ast.walk(spot.node))
        yield spot.find(
            "whether this is a whole number",
            NEAREST if divided else FARTHEST,
            "int",
            spot.change(lambda old: called("int", old)),
            here=True,
        )
        pair = spot.change(lambda old: ast.Tuple([old, old], ast.Load()))
        yield spot.find("whether one number or two are needed", FAR if kind != UNKNOWN else FARTHEST, "pair", pair)
        if (second := _next_along(spot.node)) is not None:
            both = spot.change(lambda old, second: ast.Tuple([old, second], ast.Load()), second)
            yield spot.find("whether one number or two are needed", FAR, "pair", both)
    if kind not in (SIZE, INDEX):
        yield from edits_of_arrays(spot, scope)
    if isinstance(spot.parent, ast.Assign | ast.Return) and isinstance(spot.node, ast.Name | ast.Call):
        for function in scope.functions:
            further = spot.change(lambda old, function: called(function, old), function)
            yield spot.find("whether a function is missing", FAR, function, further)
    negative = spot.change(lambda old: ast.UnaryOp(ast.USub(), old))
    far = FAR if isinstance(spot.parent, ast.BinOp | ast.Call | ast.Assign | ast.AugAssign) else FARTHEST
    yield spot.find("the sign", far, "minus", negative)
    yield from edits_with_names(spot, scope, kind)


def _level_of_counts(spot: Spot, kind: str) -> int:
    """Return how near it is that a value is one too large or too small."""
    parent = spot.parent
    if isinstance(parent, ast.Slice) or (isinstance(parent, ast.Call) and getattr(parent.func, "id", "") == "range"):
        return NEAREST
    if kind in (SIZE, INDEX) and (
        spot.inside(ast.Subscript, "slice") or isinstance(parent, ast.Assign | ast.BinOp | ast.Compare)
    ):
        return NEAREST if isinstance(parent, ast.Assign | ast.Compare) else NEAR
    return FAR if kind in (SIZE, INDEX) or isinstance(parent, ast.BinOp) else FARTHEST


def _next_along(node: ast.expr) -> ast.expr | None:
    """Return the same expression with each number in an index one larger: `x.shape[2]` for `x.shape[1]`; None without any."""
    found = False

    class Raise(ast.NodeTransformer):
        def visit_Subscript(self, part: ast.Subscript) -> ast.AST:
            nonlocal found
            if (number := plain_int(part.slice)) is not None:
                found = True
                return ast.Subscript(part.value, constant(number + 1), ast.Load())
            return part

        def generic_visit(self, part: ast.AST) -> ast.AST:
            fields = {key: self._of(value) for key, value in ast.iter_fields(part)}
            return type(part)(**fields)

        def _of(self, value: Any) -> Any:
            if isinstance(value, list):
                return [self._of(part) for part in value]
            return self.visit(value) if isinstance(value, ast.AST) else value

    if sum(1 for _ in ast.walk(node)) > 40:
        return None
    new = Raise().visit(node)
    return new if found else None
