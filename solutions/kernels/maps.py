"""What is done to maps between convolutions: clip, pad, pool, and the way back. Memory sets the speed of all of it.

Loops over numbers that lie side by side LLVM turns into vectors by itself, as long as they hold no branch: a condition chooses
between values here. Only the gradient of the maximum is written with vectors. Every function takes C-contiguous arrays
(N, C, H, W) of one dtype and fills the last of them; pooling takes 2x2 windows and leaves out a last odd row or column.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from solutions.kernels.caching import compiled
from solutions.kernels.layout import ENTRY, NUMPY, copy, fill
from solutions.kernels.vector import (
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
def relu(x, out):  # type: ignore[no-untyped-def]
    """Set what is negative to 0; NaN stays."""
    numbers, clipped, zero = x.ravel(), out.ravel(), x.dtype.type(0)
    for i in range(x.size):
        clipped[i] = zero if numbers[i] <= 0 else numbers[i]


@compiled(**ENTRY)
def relu_back(dout, x, dx):  # type: ignore[no-untyped-def]
    """Let a gradient through where x is positive."""
    gradients, numbers, passed, zero = dout.ravel(), x.ravel(), dx.ravel(), x.dtype.type(0)
    for i in range(x.size):
        passed[i] = gradients[i] if numbers[i] > 0 else zero


@compiled(**ENTRY)
def pad(x, ph, pw, value, out):  # type: ignore[no-untyped-def]
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


@compiled(**ENTRY)
def crop(dout, ph, pw, dx):  # type: ignore[no-untyped-def]
    """Take the middle of padded maps: the way back of `pad`."""
    images, channels, height, width = dx.shape
    wide = width + 2 * pw
    for row in range(images * channels * height):
        plane, y = row // height, row % height
        copy(at(pointer(dx), row * width), at(pointer(dout), (plane * (height + 2 * ph) + ph + y) * wide + pw), width)


@njit(**NUMPY)
def _first_row(row, height, pooled):  # type: ignore[no-untyped-def]
    """Return which row of all maps of `height` is the upper one of a row of all pooled maps."""
    return row // pooled * height + row % pooled * 2


@compiled(**ENTRY)
def maxpool(x, out):  # type: ignore[no-untyped-def]
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
def avgpool(x, out):  # type: ignore[no-untyped-def]
    """Take the mean of each window."""
    (height, width), (ho, wo), quarter = x.shape[2:], out.shape[2:], x.dtype.type(0.25)
    rows, pooled = x.reshape(-1, width), out.reshape(-1, wo)
    for row in range(len(pooled)):
        upper = _first_row(row, height, ho)
        above, below, to = rows[upper], rows[upper + 1], pooled[row]
        for j in range(wo):
            to[j] = ((above[2 * j] + above[2 * j + 1]) + (below[2 * j] + below[2 * j + 1])) * quarter


@compiled(**ENTRY)
def avgpool_back(dout, dx):  # type: ignore[no-untyped-def]
    """Send a quarter of each gradient to every number of its window. dx holds 0 where no window reaches."""
    (height, width), (ho, wo), quarter = dx.shape[2:], dout.shape[2:], dx.dtype.type(0.25)
    rows, gradients = dx.reshape(-1, width), dout.reshape(-1, wo)
    for row in range(len(gradients)):
        upper = _first_row(row, height, ho)
        above, below, source = rows[upper], rows[upper + 1], gradients[row]
        for j in range(wo):
            share = source[j] * quarter
            above[2 * j] = share
            above[2 * j + 1] = share
            below[2 * j] = share
            below[2 * j + 1] = share


@njit(**NUMPY)
def _load_pair(p, i, n):  # type: ignore[no-untyped-def]
    """Load the 2n numbers at p + i, n at most the lanes of a vector, as two vectors."""
    if n == lanes(p):
        return vload(p, i), vload(p, i + lanes(p))
    return vload_part(p, i, min(2 * n, lanes(p))), vload_part(p, i + lanes(p), 2 * n - lanes(p))


@njit(**NUMPY)
def _store_pair(p, i, low, high, n):  # type: ignore[no-untyped-def]
    """Store 2n numbers."""
    if n == lanes(p):
        vstore(p, i, low)
        vstore(p, i + lanes(p), high)
    else:
        vstore_part(p, i, low, min(2 * n, lanes(p)))
        vstore_part(p, i + lanes(p), high, 2 * n - lanes(p))


@compiled(**ENTRY)
def maxpool_back(dout, x, dx):  # type: ignore[no-untyped-def]
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
