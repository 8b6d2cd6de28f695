"""The gradients of padding and of averages: no solution of the course needs them, and every library has them."""

from __future__ import annotations

from typing import Any

import numpy as np

from solutions.kernels.cache import ENTRY, compiled
from solutions.kernels.simd.packing import copy
from solutions.kernels.simd.vector import at, pointer

Array = np.ndarray[Any, Any]


@compiled(**ENTRY)
def _crop(dout, padding, dx):  # type: ignore[no-untyped-def]
    """Take the middle of padded maps."""
    images, channels, height, width = dx.shape
    wide = width + 2 * padding
    for row in range(images * channels * height):
        plane, y = row // height, row % height
        begin = (plane * (height + 2 * padding) + padding + y) * wide + padding
        copy(at(pointer(dx), row * width), at(pointer(dout), begin), width)


@compiled(**ENTRY)
def _spread_quarters(dout, dx):  # type: ignore[no-untyped-def]
    """Send a quarter of each gradient to every number of its window. dx holds 0 where no window reaches."""
    (height, width), (ho, wo), quarter = dx.shape[2:], dout.shape[2:], dx.dtype.type(0.25)
    rows, gradients = dx.reshape(-1, width), dout.reshape(-1, wo)
    for row in range(len(gradients)):
        upper = row // ho * height + row % ho * 2
        above, below, source = rows[upper], rows[upper + 1], gradients[row]
        for j in range(wo):
            quartered = source[j] * quarter
            above[2 * j] = quartered
            above[2 * j + 1] = quartered
            below[2 * j] = quartered
            below[2 * j + 1] = quartered


def pad2d_backward(dout: Array, padding: int) -> Array:
    """Return the gradient of padding with `padding` rings: the middle of dout."""
    n, c, height, width = dout.shape
    dx = np.empty((n, c, height - 2 * padding, width - 2 * padding), dout.dtype)
    _crop(dout, padding, dx)
    return dx


def avgpool2x2_backward(dout: Array, height: int, width: int) -> Array:
    """Return the gradient of averaging 2x2 windows of maps of height x width."""
    make = np.zeros if height % 2 or width % 2 else np.empty
    dx = make((*dout.shape[:2], height, width), dout.dtype)
    _spread_quarters(dout, dx)
    return dx
