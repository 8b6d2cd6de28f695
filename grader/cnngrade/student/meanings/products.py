"""Matrix products, einsum and tensordot: axes that are summed over and do not fit."""

from __future__ import annotations

import ast
import re

from cnngrade.student.live_values import Array
from cnngrade.student.raised import Raised, counted, is_of_library, rule, unparsed


def _sides(raised: Raised) -> tuple[ast.expr, ast.expr] | None:
    """Return the two sides of a matrix product."""
    for node in raised.nodes(ast.BinOp, ast.Call):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
            return node.left, node.right
        if isinstance(node, ast.Call) and is_of_library(node.func, "dot", "matmul"):
            if len(node.args) == 2:
                return node.args[0], node.args[1]
            if len(node.args) == 1 and isinstance(node.func, ast.Attribute):
                return node.func.value, node.args[0]
    return None


def _product(raised: Raised, _: re.Match[str]) -> str | None:
    needs = (
        "A matrix product needs the last axis of the left side as long as the last but one of the right side (or its only one)"
    )
    sides = _sides(raised)
    shapes = [value.shape for side in sides or () if isinstance(value := raised.value(side), Array)]
    if sides is None or len(shapes) != 2 or not all(shapes):
        # matmul names the right side's length first, dot the left one's.
        right_first = re.search(r"operand 1 .*size (\d+) is different from (\d+)", raised.message)
        told = right_first or re.search(r"(\d+) \(dim \d+\) != (\d+)", raised.message)
        sizes = list(told.groups()[::-1] if right_first else told.groups()) if told else []
        return f"{needs}: here they are {' and '.join(sizes)} long." if sizes else f"{needs}."
    left, right = shapes
    inner = right[-2] if len(right) > 1 else right[0]
    if left[-1] == inner:
        return None
    which = "the last but one" if len(right) > 1 else "the only one"
    sentence = (
        f"In a matrix product the last axis of the left side is as long as {which} of the right side: "
        f"here they are {left[-1]} and {inner} long."
    )
    turned = [
        f"`{unparsed(side)}.T` is {shape[::-1]}"
        for side, shape, fits in (
            (sides[1], right, len(right) == 2 and right[-1] == left[-1]),
            (sides[0], left, len(left) == 2 and left[0] == inner),
        )
        if fits
    ]
    if turned:
        sentence += f" {' and '.join(dict.fromkeys(turned))}, and would fit."
    return sentence


_EINSUM = "In einsum each operand has a group of letters, one letter for each of its axes"


def _einsum(raised: Raised, _: re.Match[str]) -> str | None:
    for call in raised.calls():
        letters = call.args[0] if is_of_library(call.func, "einsum") and call.args else None
        if letters is None:
            continue
        if isinstance(letters, ast.Constant) and isinstance(letters.value, str):
            inputs, _arrow, output = letters.value.replace(" ", "").partition("->")
            return _of_letters(raised, inputs.split(","), output, call.args[1:])
        return f"{_EINSUM}, and a letter stands for the same length wherever it is."
    return None


def _of_letters(raised: Raised, groups: list[str], output: str, operands: list[ast.expr]) -> str:
    """Return what is wrong with the groups of letters of an einsum."""
    if len(groups) != len(operands):
        return f"{_EINSUM}: there are {counted(len(groups), 'group')} and {counted(len(operands), 'operand')}."
    lengths: dict[str, tuple[int, str]] = {}
    for group, node in zip(groups, operands, strict=True):
        value = raised.value(node)
        if not isinstance(value, Array) or "." in group:
            continue
        if len(group) != len(value.shape):
            axes = counted(len(value.shape), "axis")
            return f"{_EINSUM}: {group!r} has {counted(len(group), 'letter')}, and `{unparsed(node)}` has {axes}."
        for letter, length in zip(group, value.shape, strict=True):
            other, where = lengths.setdefault(letter, (length, unparsed(node)))
            if length != other and 1 not in (length, other):
                return (
                    f"In einsum a letter has one length: {letter!r} is {other} in `{where}` and {length} in `{unparsed(node)}`."
                )
    if missing := [letter for letter in output if letter not in "".join(groups) and letter.isalpha()]:
        return f"In einsum a letter behind -> has to stand before it as well, and {missing[0]!r} does not."
    return f"{_EINSUM}, and a letter stands for the same length wherever it is."


def _stacks(raised: Raised, _: re.Match[str]) -> str | None:
    if _sides(raised) is None:
        return None
    return (
        "In a product of stacks of matrices the axes before the last two are lined up as in arithmetic: here they do not fit."
    )


RULES = (
    rule("ValueError", r"operands could not be broadcast together with remapped shapes \[original->remapped\]", _einsum),
    rule("ValueError", r"operands could not be broadcast together with remapped shapes \[original->remapped\]", _stacks),
    rule("ValueError", r"^matmul: Input operand \d has a mismatch in its core dimension|^shapes .* not aligned", _product),
    rule(
        "ValueError",
        r"^matmul: Input operand \d does not have enough dimensions",
        "One side of a matrix product is a single number: with numbers `*` multiplies.",
    ),
    rule(
        "ValueError",
        r"^shape-mismatch for sum",
        "np.tensordot sums over pairs of axes, and two of a pair must be equally long.",
    ),
    rule(
        "ValueError",
        r"^einstein sum subscripts|subscripts given in einstein sum|in einstein sum|to einstein sum function",
        _einsum,
    ),
)
