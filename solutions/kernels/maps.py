"""What is done to maps between convolutions: clip, pad, pool, and the way back. Memory sets the speed of all of it.

Loops over numbers that lie side by side LLVM turns into vectors by itself, as long as they hold no branch: a condition chooses
between values here. Only the gradient of the maximum is written with vectors. Pooling takes 2x2 windows and leaves out a last
odd row or column.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from solutions.kernels.cache import ENTRY, HELPER, compiled
from solutions.kernels.simd.packing import copy, fill
from solutions.kernels.simd.vector import (
    at,
    lanes,
    pointer,
    vevens,
    vlargest,
    vload,
    vload_part,
    vmerge_high,
    vmerge_low,
    vodds,
    vsplat,
    vstore,
    vstore_part,
    vwhere_equal,
)


@compiled(**ENTRY)
def _relu(numbers, clipped):
    """Set what is negative to 0; NaN stays."""
    zero = numbers.dtype.type(0)
    for i in range(numbers.size):
        clipped[i] = zero if numbers[i] <= 0 else numbers[i]


@compiled(**ENTRY)
def _relu_backward(gradients, numbers, passed):
    """Let a gradient through where the number is positive."""
    zero = numbers.dtype.type(0)
    for i in range(numbers.size):
        passed[i] = gradients[i] if numbers[i] > 0 else zero


@compiled(**ENTRY)
def _pad(x, ph, pw, value, out):
    """Lay x into the middle of a frame of `value`, ph rows and pw columns wide."""
    images, channels, height, width = x.shape
    wide = width + 2 * pw
    for plane in range(images * channels):
        d, s = at(pointer(out), plane * (height + 2 * ph) * wide), at(pointer(x), plane * height * width)
        fill(d, ph * wide + pw, value)
        for y in range(height):
            row = at(d, (y + ph) * wide + pw)
            copy(row, at(s, y * width), width)
            # The frame to the right of this row and to the left of the next one are one piece.
            fill(at(row, width), 2 * pw if y < height - 1 else pw + ph * wide, value)


@njit(**HELPER)
def _first_row(row, height, pooled):
    """Return which row of all maps of `height` is the upper one of a row of all pooled maps."""
    return row // pooled * height + row % pooled * 2


@compiled(**ENTRY)
def _maxpool(x, out):
    """Take the largest of each window, or NaN if it holds one."""
    (height, width), (ho, wo), nan = x.shape[2:], out.shape[2:], x.dtype.type(np.nan)
    rows, pooled = x.reshape(-1, width), out.reshape(-1, wo)
    for row in range(len(pooled)):
        upper = _first_row(row, height, ho)
        above, below, to = rows[upper], rows[upper + 1], pooled[row]
        for j in range(wo):
            a, b, c, d = above[2 * j], above[2 * j + 1], below[2 * j], below[2 * j + 1]
            high, low = a if a > b else b, c if c > d else d
            largest = high if high > low else low
            to[j] = largest if (a == a) & (b == b) & (c == c) & (d == d) else nan


@compiled(**ENTRY)
def _avgpool(x, out):
    """Take the mean of each window."""
    (height, width), (ho, wo), quarter = x.shape[2:], out.shape[2:], x.dtype.type(0.25)
    rows, pooled = x.reshape(-1, width), out.reshape(-1, wo)
    for row in range(len(pooled)):
        upper = _first_row(row, height, ho)
        above, below, to = rows[upper], rows[upper + 1], pooled[row]
        for j in range(wo):
            to[j] = ((above[2 * j] + above[2 * j + 1]) + (below[2 * j] + below[2 * j + 1])) * quarter


@njit(**HELPER)
def _load_pair(p, i, n):
    """Load the 2n numbers at p + i, n at most the lanes of a vector, as two vectors."""
    if n == lanes(p):
        return vload(p, i), vload(p, i + lanes(p))
    return vload_part(p, i, min(2 * n, lanes(p))), vload_part(p, i + lanes(p), 2 * n - lanes(p))


@njit(**HELPER)
def _store_pair(p, i, low, high, n):
    """Store 2n numbers."""
    if n == lanes(p):
        vstore(p, i, low)
        vstore(p, i + lanes(p), high)
    else:
        vstore_part(p, i, low, min(2 * n, lanes(p)))
        vstore_part(p, i + lanes(p), high, 2 * n - lanes(p))


@compiled(**ENTRY)
def _maxpool_backward(dout, x, dx):
    """Send each gradient to the first of the largest numbers of its window. dx holds 0 where no window reaches."""
    (height, width), (ho, wo) = x.shape[2:], dout.shape[2:]
    zero = vsplat(pointer(x), 0.0)
    for row in range(dout.size // wo):
        begin = _first_row(row, height, ho) * width
        above, to, gradients = at(pointer(x), begin), at(pointer(dx), begin), at(pointer(dout), row * wo)
        for i in range(0, wo, lanes(above)):
            n = min(wo - i, lanes(above))
            a, b = _load_pair(above, 2 * i, n), _load_pair(above, width + 2 * i, n)
            first, second, third, fourth = vevens(a[0], a[1]), vodds(a[0], a[1]), vevens(b[0], b[1]), vodds(b[0], b[1])
            largest = vlargest(first, second, third, fourth)
            # What no number before has taken goes to the fourth.
            left = vload(gradients, i) if n == lanes(above) else vload_part(gradients, i, n)
            to_first, left = vwhere_equal(first, largest, left, zero), vwhere_equal(first, largest, zero, left)
            to_second, left = vwhere_equal(second, largest, left, zero), vwhere_equal(second, largest, zero, left)
            to_third, left = vwhere_equal(third, largest, left, zero), vwhere_equal(third, largest, zero, left)
            _store_pair(to, 2 * i, vmerge_low(to_first, to_second), vmerge_high(to_first, to_second), n)
            _store_pair(to, width + 2 * i, vmerge_low(to_third, left), vmerge_high(to_third, left), n)


def relu(x: NDArray[Any]) -> NDArray[Any]:
    """Set what is negative to 0. x: of any shape."""
    out = np.empty_like(x)
    # Compiled once for every number of axes.
    _relu(x.reshape(-1), out.reshape(-1))
    return out


def relu_backward(dout: NDArray[Any], x: NDArray[Any]) -> NDArray[Any]:
    """Return the gradient of `relu` at x."""
    dx = np.empty_like(x)
    _relu_backward(dout.reshape(-1), x.reshape(-1), dx.reshape(-1))
    return dx


def pad2d(x: NDArray[Any], ph: int, pw: int, value: float = 0.0) -> NDArray[Any]:
    """Put ph rows and pw columns of `value` around every image."""
    n, c, height, width = x.shape
    out = np.empty((n, c, height + 2 * ph, width + 2 * pw), x.dtype)
    _pad(x, ph, pw, x.dtype.type(value), out)
    return out


def _pooled(x: NDArray[Any]) -> NDArray[Any]:
    """Return an array for one number of each 2x2 window."""
    return np.empty((*x.shape[:2], x.shape[2] // 2, x.shape[3] // 2), x.dtype)


def maxpool2x2(x: NDArray[Any]) -> NDArray[Any]:
    """Return the largest of each 2x2 window: (N, C, H, W) -> (N, C, H//2, W//2)."""
    out = _pooled(x)
    _maxpool(x, out)
    return out


def avgpool2x2(x: NDArray[Any]) -> NDArray[Any]:
    """Return the mean of each 2x2 window: (N, C, H, W) -> (N, C, H//2, W//2)."""
    out = _pooled(x)
    _avgpool(x, out)
    return out


def maxpool2x2_backward(dout: NDArray[Any], x: NDArray[Any]) -> NDArray[Any]:
    """Return the gradient of `maxpool2x2` at x; the first of equal numbers gets it."""
    dx = np.zeros_like(x) if x.shape[2] % 2 or x.shape[3] % 2 else np.empty_like(x)
    _maxpool_backward(dout, x, dx)
    return dx
