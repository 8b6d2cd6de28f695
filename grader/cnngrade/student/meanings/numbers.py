"""Types of numbers and of arrays: casts, overflow, division by zero, and what NumPy 2 has no longer."""

from __future__ import annotations

import ast
import re

import numpy as np

from cnngrade.student.live_values import Array, Nothing, Number, Table
from cnngrade.student.raised import Explanation, Raised, is_of_library, rule, unparsed


def _cast(raised: Raised, found: re.Match[str]) -> Explanation | str | None:
    came, place = found.groups()
    statement = raised.spot.statement
    if came == "O":
        nothing = [name for name in raised.names() if isinstance(raised.stop.values.get(name), Nothing)]
        return f"`{nothing[0]}` is None here, and cannot be computed with." if nothing else None
    in_place = raised.value(statement.target) if isinstance(statement, ast.AugAssign) else None
    if not isinstance(statement, ast.AugAssign) or (isinstance(in_place, Array) and in_place.dtype != place):
        return f"The result is of dtype {came}, and the array that it goes into holds {place}, in which it has no room."
    target: ast.expr = statement.target
    while isinstance(target, ast.Subscript):
        target = target.value
    name = unparsed(statement.target)
    sentence = f"`{name}` is changed in place and stays of dtype {place}, which cannot hold the {came} on the right."
    there = raised.made(target.id) if isinstance(target, ast.Name) else None
    if there is None or there.value is None:
        return sentence
    where = raised.at(there.statement)
    if isinstance(there.value, ast.Call) and is_of_library(there.value.func, *_LIKE):
        like = f"`{unparsed(there.value)}` takes its dtype from its argument; dtype=float makes it one of floats."
        return Explanation(f"{sentence} {like}", before=(where,))
    return Explanation(sentence, after=(where,))


_LIKE = ("zeros_like", "ones_like", "empty_like", "full_like")


def _bounds(_raised: Raised, found: re.Match[str]) -> str | None:
    number, dtype = found.groups()
    if not re.fullmatch(r"u?int(8|16|32|64)", dtype):
        return None
    limits = np.iinfo(dtype)
    return (
        f"Numbers of dtype {dtype} are {limits.min} to {limits.max}, and {number} is not among them. "
        "Floats hold it: x.astype(float)."
    )


def _divided(raised: Raised, _: re.Match[str]) -> Explanation | str | None:
    for node in raised.nodes(ast.BinOp, ast.AugAssign):
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod):
            right = node.right if isinstance(node, ast.BinOp) else node.value
            value = raised.value(right)
            if isinstance(value, Number) and not value.value:
                there = raised.made(right.id) if isinstance(right, ast.Name) else None
                is_now = "is 0" if isinstance(right, ast.Constant) else f"`{unparsed(right)}` is 0 here"
                return Explanation(
                    f"Nothing can be divided by 0, and {is_now}.", after=(raised.at(there.statement),) if there else ()
                )
    return "Nothing can be divided by 0: what stands behind `/`, `//` or `%` is 0 here."


def _no_step(_raised: Raised, _: re.Match[str]) -> str:
    return "A step of 0 never gets anywhere: the step of a range or a slice is 0 here."


def _not_writeable(raised: Raised, _: re.Match[str]) -> Explanation | str | None:
    for subscript in raised.subscripts():
        base: ast.expr = subscript
        while isinstance(base, ast.Subscript):
            base = base.value
        there = raised.made(base.id) if isinstance(base, ast.Name) else None
        if there and there.value is not None:
            text = f"`{unparsed(base)}` cannot be written to. A copy can: {unparsed(base)}.copy()."
            return Explanation(text, after=(raised.at(there.statement),))
    return "This array cannot be written to: it is a view that NumPy made for reading, or was made so. A copy can: x.copy()."


def _no_loop(_raised: Raised, _: re.Match[str]) -> str:
    return "Something here is no array of numbers: a text, or an array of texts or of other objects."


def _not_supported(raised: Raised, found: re.Match[str]) -> str | None:
    if found[1] == "bitwise_xor" and any(
        isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.BitXor)
        for node in raised.nodes(ast.BinOp, ast.AugAssign)
    ):
        return "`^` is no power in Python, it combines the bits of whole numbers. A power is `**`: x ** 2."
    if found[1] in ("bitwise_and", "bitwise_or"):
        return "`&` and `|` bind more tightly than a comparison: put each one into brackets, (a > 0) & (b > 0)."
    if found[1] in ("isnan", "isfinite", "isinf", "exp", "log", "sqrt"):
        return "Something here is no array of numbers: an array of objects, or a text."
    return None


def _types(raised: Raised, _: re.Match[str]) -> str | None:
    for call in raised.calls():
        if is_of_library(call.func, "maximum", "minimum", "add", "multiply", "subtract") and len(call.args) > 2:
            return f"{unparsed(call.func)} takes two arrays; its third argument is the array for the result."
    return None


def _shape_apart(raised: Raised, _: re.Match[str]) -> str | None:
    for call in raised.calls():
        if (
            is_of_library(call.func, "zeros", "ones", "empty", "full")
            and len(call.args) > 1
            and isinstance(raised.value(call.args[0]), Number | Array)
        ):
            name = unparsed(call.func)
            return f"{name} takes the shape as one tuple, {name}((2, 3))."
    return None


def _key(raised: Raised, _: re.Match[str]) -> str | None:
    if isinstance(raised.run, ast.Subscript) and raised.is_direct:
        subscript = raised.run
        value = raised.value(subscript.value)
        if isinstance(value, Table):
            keys = ", ".join(repr(key) for key in value.parts)
            return (
                f"`{unparsed(subscript.value)}` has no such key. It has {keys}."
                if 0 < len(value.parts) == value.length
                else f"`{unparsed(subscript.value)}` has no such key."
            )
    return None


def _nan(raised: Raised, found: re.Match[str]) -> Explanation | str:
    name = "NaN" if found[1] == "NaN" else "An infinite number"
    if written := _written(raised.run, found[1]):
        return f"`{unparsed(written)}` is a float, for which there is no whole number: {_FLOATS_HOLD_IT}."
    for variable in raised.names():
        there = raised.made(variable)
        if there and there.value is not None and (written := _written(there.value, found[1])):
            sentence = f"`{variable}` is made of `{unparsed(written)}`, for which there is no whole number: {_FLOATS_HOLD_IT}."
            return Explanation(sentence, after=(raised.at(there.statement),))
    return f"{name} is no whole number. It comes of a division by zero, a log of zero or an overflow, or was among the inputs."


_FLOATS_HOLD_IT = "only an array of floats holds it, x.astype(float)"


def _written(node: ast.AST, kind: str) -> ast.expr | None:
    """Return where NaN or an infinite number ("infinity") is written down in an expression, with its sign."""
    names = ("nan", "NaN", "NAN") if kind == "NaN" else ("inf", "Inf", "infty")
    for part in ast.walk(node):
        inner = part.operand if isinstance(part, ast.UnaryOp) else part
        is_constant = isinstance(inner, ast.Attribute) and inner.attr in names
        is_text = isinstance(inner, ast.Call) and is_of_library(inner.func, "float") and len(inner.args) == 1
        if isinstance(inner, ast.Call) and is_text and isinstance(inner.args[0], ast.Constant):
            text = str(inner.args[0].value).lower().lstrip("+-")
            is_constant = text == "nan" if kind == "NaN" else text in ("inf", "infinity")
        if is_constant and isinstance(part, ast.expr):
            return part
    return None


RULES = (
    rule(
        "UFuncTypeError",
        r"^Cannot cast ufunc '\w+' output from (?:np\.)?dtype\('(\w+)'\) to (?:np\.)?dtype\('(\w+)'\)",
        _cast,
    ),
    rule("OverflowError", r"^Python integer (-?\d+) out of bounds for (\w+)", _bounds),
    rule("ZeroDivisionError", r"", _divided),
    rule("ValueError", r"^(?:slice step cannot be zero|range\(\) arg 3 must not be zero)", _no_step),
    rule("ValueError", r"^(?:assignment destination|output array) is read-only", _not_writeable),
    rule("ValueError", r"^cannot convert float (NaN) to integer", _nan),
    rule("OverflowError", r"^cannot convert float (infinity) to integer", _nan),
    rule("TypeError", r"^ufunc '(\w+)' not supported for the input types", _not_supported),
    rule("UFuncTypeError", r"^ufunc '\w+' did not contain a loop with signature matching types", _no_loop),
    rule(
        "TypeError",
        r"^(?:The )?numpy boolean (?:subtract|negative), the `-` operator, is not supported",
        "Arrays of True and False cannot be subtracted: x.astype(float) makes numbers of them, and ~x turns each one round.",
    ),
    rule("TypeError", r"^return arrays must be of ArrayType", _types),
    rule("KeyError", r"", _key),
    rule(
        "ValueError",
        r"^(?:math domain error|expected a (?:positive|nonnegative|non-negative) input)",
        "The math function has no answer for this number, such as the root or the logarithm of a negative one.",
    ),
    rule(
        "TypeError",
        r"^unhashable type: '(?:numpy\.ndarray|list|dict|set)'",
        "What can be changed, such as a list or an array, cannot be a key of a dict or a part of a set: tuple(...) can.",
    ),
    rule(
        "EOFError", r"^EOF when reading a line", "input() waits for somebody to type, and nobody is there: use the arguments."
    ),
    rule("SystemExit", r"", "exit() and sys.exit() end the whole program: a function ends with return."),
    rule("LinAlgError", r"^Singular matrix", "This matrix has no inverse: some of its rows are combinations of the others."),
)
