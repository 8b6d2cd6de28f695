"""A function's parameters, their defaults, and what its docstring calls the axes of its arrays."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any

_LONGEST_NAME = 40


_LONGEST_TUPLE = 8


_MOST_PARAMETERS = 40


# `x: (N, C, H, W)` in a docstring.
_SHAPE = re.compile(r"\b(\w+):[ \t]*\(([\w* \t+,/-]{1,120})\)")


FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class _Unknown:
    """Stands for a default that only running the code would tell."""

    def __repr__(self) -> str:
        return "..."


UNKNOWN = _Unknown()


@dataclass(frozen=True, slots=True)
class Signature:
    """A function's parameters: the `positional` ones in order, the `defaults` of those that have one, the names of `axes`.

    A default that is not a plain value is `UNKNOWN`. `axes` holds, for a parameter whose shape the docstring writes as in
    "x: (N, C, H, W)", what each axis is called, "" where that is no name.
    """

    positional: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    axes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def bound(self, args: Iterable[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments of a call by the names of the parameters, defaults included.

        No call is refused: what has no parameter is called "argument 3" (counted from 1), or by its keyword.
        """
        names = self.positional
        given = {names[at] if at < len(names) else f"argument {at + 1}": value for at, value in enumerate(args)}
        given |= kwargs
        every = given | {name: value for name, value in self.defaults.items() if name not in given and value is not UNKNOWN}
        return {name: every[name] for name in dict.fromkeys((*names, *every)) if name in every}


def _shapes(docstring: str, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return what a docstring calls the axes of each of the parameters `names`."""
    known = set(names)
    found: dict[str, tuple[str, ...]] = {}
    for name, shape in _SHAPE.findall(docstring[:10_000]):
        axes = [axis.strip() for axis in shape.rstrip(" \t,").split(",")]
        if name in known and name not in found:
            found[name] = tuple(axis if axis.isidentifier() and len(axis) <= _LONGEST_NAME else "" for axis in axes)
    return found


def _value(node: ast.expr) -> Any:
    try:
        return sayable(ast.literal_eval(node))
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return UNKNOWN


def sayable(value: Any) -> Any:
    """Return a value that can be said in a few characters, UNKNOWN for any other."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if value.bit_length() <= 64 else UNKNOWN
    if isinstance(value, str):
        return value if len(value) <= _LONGEST_NAME else UNKNOWN
    if isinstance(value, tuple) and len(value) <= _LONGEST_TUPLE and all(sayable(part) is not UNKNOWN for part in value):
        return value
    return UNKNOWN


def signature_of_node(function: FunctionNode) -> Signature:
    """Return the signature of a function that was only parsed."""
    arguments = function.args
    positional = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    late = positional[len(positional) - len(arguments.defaults) :]
    defaults = dict(zip(late, map(_value, arguments.defaults), strict=True))
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if default is not None:
            defaults[argument.arg] = _value(default)
    docstring = "" if isinstance(function, ast.Lambda) else ast.get_docstring(function) or ""
    names = [*positional, *(argument.arg for argument in arguments.kwonlyargs)]
    return _readable(positional, defaults, _shapes(docstring, names))


def signature_of_object(function: FunctionType) -> Signature:
    """Return the signature of a function that a running notebook holds."""
    code = function.__code__
    positional = [*code.co_varnames[: code.co_argcount]]
    given = function.__defaults__ or ()
    defaults = dict(zip(positional[len(positional) - len(given) :], given, strict=True)) | (function.__kwdefaults__ or {})
    known = {name: sayable(value) for name, value in defaults.items()}
    return _readable(positional, known, _shapes(inspect.getdoc(function) or "", (*positional, *known)))


def _readable(positional: list[str], defaults: Mapping[str, Any], axes: Mapping[str, tuple[str, ...]]) -> Signature:
    """Return a signature, without parameters if there are more of them, or longer names, than anybody writes."""
    names = {*positional, *defaults}
    if len(names) > _MOST_PARAMETERS or any(len(name) > _LONGEST_NAME for name in names):
        return Signature()
    return Signature(tuple(positional), defaults, axes)
