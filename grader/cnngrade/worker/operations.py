"""What a test may do with an object that stays in the worker: one function for each operation, by its name on the wire.

Each is called with the object first. What they return crosses like any other answer: plain values as they are, objects as
tokens. Names that begin with an underscore are not asked for: the judge refuses them.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

_END = object()


def _attribute(owner: Any, name: str) -> list[Any]:
    """Return [value] of an attribute, [] of one that can be called: a method is called by its name."""
    value = getattr(owner, name)
    return [] if callable(value) else [value]


def _method(owner: Any, name: str, /, *args: Any, **kwargs: Any) -> Any:
    return getattr(owner, name)(*args, **kwargs)


def _invoke(owner: Any, /, *args: Any, **kwargs: Any) -> Any:
    return owner(*args, **kwargs)


def _next(iterator: Any) -> list[Any]:
    """Return [item], or [] at the end."""
    item = next(iterator, _END)
    return [] if item is _END else [item]


def _slice(owner: Any, start: Any, stop: Any, step: Any) -> Any:
    return owner[start:stop:step]


def _enter(manager: Any) -> Any:
    return type(manager).__enter__(manager)


def _exit(manager: Any) -> None:
    """Leave a `with` block that ended well. What the object says of exceptions is not asked: the judge's own pass there."""
    type(manager).__exit__(manager, None, None, None)


def _flag(compare: Callable[[Any, Any], Any]) -> Callable[[Any, Any], bool]:
    return lambda one, other: bool(compare(one, other))


FLAGS: Mapping[str, Callable[..., Any]] = {
    "bool": bool, "contains": operator.contains, "eq": _flag(operator.eq), "ne": _flag(operator.ne), "lt": _flag(operator.lt),
    "le": _flag(operator.le), "gt": _flag(operator.gt), "ge": _flag(operator.ge),
}  # fmt: skip
"""Operations that answer True or False."""


NUMBERS: Mapping[str, Callable[..., Any]] = {"len": len, "hash": hash}
"""Operations that answer a whole number."""


ARITHMETIC: Mapping[str, Callable[..., Any]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "truediv": operator.truediv,
    "floordiv": operator.floordiv, "mod": operator.mod, "pow": operator.pow, "matmul": operator.matmul,
    "and": operator.and_, "or": operator.or_, "xor": operator.xor,
}  # fmt: skip
"""Operations of two values, of which either may be the object."""


AT_MOST_ONE: Mapping[str, Callable[..., Any]] = {"attribute": _attribute, "next": _next}
"""Operations that answer a list of one item, or of none."""


OPERATIONS: Mapping[str, Callable[..., Any]] = {
    **FLAGS, **NUMBERS, **ARITHMETIC, **AT_MOST_ONE,
    "str": str, "method": _method, "invoke": _invoke, "set": setattr, "iter": iter, "getitem": operator.getitem,
    "setitem": operator.setitem, "delitem": operator.delitem, "slice": _slice, "neg": operator.neg, "pos": operator.pos,
    "abs": abs, "enter": _enter, "exit": _exit,
}  # fmt: skip
"""All of them."""


PREFIX = "object."
"""What their names begin with on the wire."""


ON_WIRE: Mapping[str, Callable[..., Any]] = {f"{PREFIX}{name}": operation for name, operation in OPERATIONS.items()}
"""The same by the names that they have there."""
