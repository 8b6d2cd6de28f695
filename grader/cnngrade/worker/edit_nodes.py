"""Parts of syntax trees, in short words: numbers, names, calls, and lists with something left out or in another order."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any


def constant(value: Any) -> ast.expr:
    """Return the expression of a number, of None, or of a tuple of those."""
    if isinstance(value, tuple):
        return ast.Tuple([constant(part) for part in value], ast.Load())
    if isinstance(value, int | float) and not isinstance(value, bool) and value < 0:
        return ast.UnaryOp(ast.USub(), constant(-value))
    return ast.Name("float", ast.Load()) if value is float else ast.Constant(value)


def name(text: str) -> ast.Name:
    """Return the expression that reads a name."""
    return ast.Name(text, ast.Load())


def called(function: ast.expr | str, *arguments: ast.expr, **keywords: ast.expr) -> ast.Call:
    """Return a call of a function, or of the name of one."""
    function = name(function) if isinstance(function, str) else function
    return ast.Call(function, list(arguments), [ast.keyword(key, value) for key, value in keywords.items()])


def method(value: ast.expr, attribute: str, *arguments: ast.expr) -> ast.Call:
    """Return a call of a method."""
    return ast.Call(ast.Attribute(value, attribute, ast.Load()), list(arguments), [])


def left_without(whole: Sequence[Any], *parts: Any) -> list[Any]:
    """Return a list without some of its elements, found by identity."""
    return [part for part in whole if not any(part is other for other in parts)]


def swapped(whole: Sequence[Any], one: int, other: int) -> list[Any]:
    """Return a list with two elements in each other's spot."""
    new = list(whole)
    new[one], new[other] = new[other], new[one]
    return new


def plain_int(node: ast.AST) -> int | None:
    """Return the number that an expression states, with its sign; None if it is no whole number."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        number = plain_int(node.operand)
        return None if number is None else -number
    return node.value if isinstance(node, ast.Constant) and type(node.value) is int else None


def name_called(node: ast.Call) -> str:
    """Return the last name of the function called."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
