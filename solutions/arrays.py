"""What the solutions do with their arguments: the dtype of an answer, arrays as compiled code takes them, pairs of numbers."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Pair = int | tuple[int, int]
"""One number for rows and columns, or one for each."""


def float_type(*arrays: NDArray) -> type[np.floating[Any]]:
    """Return the dtype of an answer: float32 if all arrays are float32, and otherwise float64."""
    return np.float32 if all(array.dtype == np.float32 for array in arrays) else np.float64


def ready(x: NDArray, dtype: type[np.floating[Any]]) -> NDArray:
    """Return x as compiled code takes it, a copy if need be: each kind of array costs a compilation, a read-only one too."""
    return x if x.dtype == dtype and x.flags.c_contiguous and x.flags.writeable else np.array(x, dtype, order="C")


def as_pair(value: Pair) -> tuple[int, int]:
    """Return what stands for rows and what for columns; as torch does, one number in a tuple stands for both.

    Raises ValueError for anything but one or two whole numbers.
    """
    if type(value) is int:
        return value, value
    numbers: Any = value
    parts = list(numbers) if isinstance(value, tuple | list) or np.ndim(value) else [numbers]
    try:
        rows, columns = map(operator.index, parts * 2 if len(parts) == 1 else parts)
    except (TypeError, ValueError):
        raise ValueError(f"one whole number, or one for rows and one for columns, is needed, not {value!r}") from None
    return rows, columns
