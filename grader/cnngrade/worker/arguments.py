"""What became of the arguments of a call: whether an array was changed, and whether the answer shares memory with one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

Snapshot = list[tuple[bytes, tuple[int, ...]]]


def _arrays(value: Any) -> Iterator[np.ndarray[Any, Any]]:
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _arrays(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _arrays(part)


def snapshot(arguments: Iterable[Any]) -> Snapshot:
    """Return the content and the shape of every array in arguments."""
    return [(array.tobytes(), array.shape) for argument in arguments for array in _arrays(argument)]


def shares(value: Any, arguments: tuple[Any, ...]) -> bool:
    """Say whether the arrays of an answer share memory with an argument, so that changing one changes the other."""
    kind = next((kind for kind in (tuple, list) if issubclass(type(value), kind)), None)
    # By the type's own iterator: a class of the student's may go on for ever.
    parts = kind.__iter__(value) if kind else (value,)
    arrays = [part for part in parts if type(part) is np.ndarray]
    given = [argument for argument in arguments if type(argument) is np.ndarray]
    return any(np.may_share_memory(mine, theirs) for mine in arrays for theirs in given)


def copied(value: Any) -> Any:
    """Return a copy of arguments as deep as arrays lie; what no copy can be made of stays the same object."""
    if type(value) is np.ndarray:
        copy = value.copy()
        copy.flags.writeable = value.flags.writeable
        return copy
    if type(value) in (list, tuple):
        return type(value)(copied(part) for part in value)
    if type(value) is dict:
        return {key: copied(part) for key, part in value.items()}
    return value
