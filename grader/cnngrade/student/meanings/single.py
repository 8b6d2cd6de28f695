"""Arrays where one number, or one answer of yes or no, is needed."""

from __future__ import annotations

import ast
import re

from cnngrade.student.live_values import Array, Number, TupleOrList
from cnngrade.student.raised import Raised, rule, told, unparsed


def _truth(raised: Raised, _: re.Match[str]) -> str | None:
    asks = "An array of several numbers is neither true nor false"
    for call in raised.calls():
        if isinstance(call.func, ast.Name) and call.func.id in ("max", "min") and call.func.id not in raised.stop.values:
            better = {"max": "np.maximum(a, b)", "min": "np.minimum(a, b)"}[call.func.id]
            return f"{asks}: Python's own {call.func.id} compares its arguments as wholes. {better} goes number by number."
    for node in raised.nodes(ast.BoolOp, ast.Compare, ast.UnaryOp):
        if isinstance(node, ast.BoolOp):
            word, sign = ("and", "&") if isinstance(node.op, ast.And) else ("or", "|")
            return f"{asks}: `{word}` asks for one answer. (a > 0) {sign} (b > 0) goes number by number, with the brackets."
        if isinstance(node, ast.Compare) and len(node.ops) > 1:
            return f"{asks}: a chain of comparisons asks for one answer. (0 < a) & (a < 1) goes number by number."
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            return f"{asks}: `in` compares whole arrays. np.isin or np.any(a == b) ask for numbers."
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return f"{asks}: `not` asks for one answer. ~a goes number by number."
    if isinstance(raised.spot.statement, ast.If | ast.While) or raised.nodes(ast.IfExp):
        better = "np.where(a > 0, b, c) chooses number by number, `is None` asks for None"
        return f"{asks}, and a condition asks for one answer: {better}."
    return f"{asks}: np.any and np.all make one answer of it."


def _sequence(raised: Raised, _: re.Match[str]) -> str | None:
    if "inhomogeneous" in raised.message:
        return "The parts of a list that becomes an array need the same shape, and these differ."
    for subscript in raised.subscripts():
        place = raised.value(subscript)
        if isinstance(place, Number) or (place is not None and not isinstance(place, Array | TupleOrList)):
            return f"`{unparsed(subscript)}` is the place of one number, and several are put there."
    return "Several numbers are put where one has its place."


def _to_scalar(raised: Raised, found: re.Match[str]) -> str | None:
    # Until then an array of one number would do, however many axes it had.
    takes = "takes one number without axes" + (" since NumPy 2.4" if found[1].startswith("0") else "")
    for call in raised.calls():
        if isinstance(call.func, ast.Name) and call.func.id in ("float", "int", "complex") and call.args:
            value = raised.value(call.args[0])
            if isinstance(value, Array):
                return (
                    f"{call.func.id}(...) {takes}, and `{unparsed(call.args[0])}` is {told(value)}. "
                    f"Use {unparsed(call.args[0])}.item() if it holds one number, and a sum, mean or index if it holds more."
                )
            return f"{call.func.id}(...) {takes}: x.item() if the array holds one, np.sum(...) if more."
    for subscript in raised.subscripts():
        if isinstance(subscript.ctx, ast.Store):
            return f"`{unparsed(subscript)}` is the place of one number, and an array is put there."
    return "One number without axes is needed there: use x.item() if the array holds one, np.sum(...) or an index if more."


RULES = (
    rule("ValueError", r"^The truth value of an array with more than one element is ambiguous", _truth),
    rule(
        "ValueError",
        r"^The truth value of an empty array is ambiguous",
        "An empty array is neither true nor false: ask for its size.",
    ),
    rule("ValueError", r"^setting an array element with a sequence", _sequence),
    rule("TypeError", r"^only (length-1|size-1|0-dimensional) arrays can be converted to Python scalars", _to_scalar),
)
