"""What is done to maps between convolutions: clip, pad, pool, and the way back. Memory sets the speed of all of it.

Every function takes C-contiguous arrays (N, C, H, W) of one dtype and fills the last of them.
"""

from __future__ import annotations

from numba import njit

from solutions.kernels.caching import compiled
from solutions.kernels.layout import ENTRY, NUMPY, copy, fill
from solutions.kernels.vector import (
    at,
    lanes,
    pointer,
    vadd,
    vevens,
    vlarger,
    vlargest4,
    vload,
    vload_part,
    vmerge_high,
    vmerge_low,
    vmul,
    vodds,
    vsplat,
    vstore,
    vstore_part,
    vwhere_equal,
    vwhere_larger,
)


@compiled(**ENTRY)
def relu(x, out):  # type: ignore[no-untyped-def]
    """Set what is negative to 0; NaN stays."""
    s, d, n = pointer(x), pointer(out), x.size
    zero, i = vsplat(s, 0.0), 0
    while i + lanes(s) <= n:
        vstore(d, i, vlarger(zero, vload(s, i)))
        i += lanes(s)
    if i < n:
        vstore_part(d, i, vlarger(zero, vload_part(s, i, n - i)), n - i)


@compiled(**ENTRY)
def relu_back(dout, x, dx):  # type: ignore[no-untyped-def]
    """Let a gradient through where x is positive."""
    g, s, d, n = pointer(dout), pointer(x), pointer(dx), x.size
    zero, i = vsplat(s, 0.0), 0
    while i + lanes(s) <= n:
        vstore(d, i, vwhere_larger(vload(s, i), zero, vload(g, i), zero))
        i += lanes(s)
    if i < n:
        passed = vwhere_larger(vload_part(s, i, n - i), zero, vload_part(g, i, n - i), zero)
        vstore_part(d, i, passed, n - i)


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
    for plane in range(images * channels):
        s, d = at(pointer(dout), (plane * (height + 2 * ph) + ph) * wide + pw), at(pointer(dx), plane * height * width)
        for y in range(height):
            copy(at(d, y * width), at(s, y * wide), width)


@njit(**NUMPY)
def _pair(p, i, n):  # type: ignore[no-untyped-def]
    """Load the 2n numbers at p + i, n at most the lanes of a vector, as two vectors."""
    if n >= lanes(p):
        return vload(p, i), vload(p, i + lanes(p))
    return vload_part(p, i, min(2 * n, lanes(p))), vload_part(p, i + lanes(p), 2 * n - lanes(p))


@njit(**NUMPY)
def _store_pair(p, i, low, high, n):  # type: ignore[no-untyped-def]
    """Store 2n numbers."""
    if n >= lanes(p):
        vstore(p, i, low)
        vstore(p, i + lanes(p), high)
    else:
        vstore_part(p, i, low, min(2 * n, lanes(p)))
        vstore_part(p, i + lanes(p), high, 2 * n - lanes(p))


@compiled(**ENTRY)
def maxpool(x, out):  # type: ignore[no-untyped-def]
    """Take the largest of each 2x2 window, NaN if it holds one; a last odd row or column is left out."""
    images, channels, height, width = x.shape
    ho, wo = out.shape[2:]
    for plane in range(images * channels):
        for y in range(ho):
            above = at(pointer(x), (plane * height + 2 * y) * width)
            below, d, i = at(above, width), at(pointer(out), (plane * ho + y) * wo), 0
            while i < wo:
                a, b = _pair(above, 2 * i, wo - i), _pair(below, 2 * i, wo - i)
                four = vlargest4(vevens(a[0], a[1]), vodds(a[0], a[1]), vevens(b[0], b[1]), vodds(b[0], b[1]))
                if i + lanes(d) <= wo:
                    vstore(d, i, four)
                else:
                    vstore_part(d, i, four, wo - i)
                i += lanes(d)


@compiled(**ENTRY)
def maxpool_back(dout, x, dx):  # type: ignore[no-untyped-def]
    """Send each gradient to the first of the largest numbers of its 2x2 window. dx holds 0 where no window reaches."""
    images, channels, height, width = x.shape
    ho, wo = dout.shape[2:]
    zero = vsplat(pointer(x), 0.0)
    for plane in range(images * channels):
        for y in range(ho):
            begin, i = (plane * height + 2 * y) * width, 0
            above, to = at(pointer(x), begin), at(pointer(dx), begin)
            gradients = at(pointer(dout), (plane * ho + y) * wo)
            while i < wo:
                n = min(wo - i, lanes(above))
                a, b = _pair(above, 2 * i, n), _pair(at(above, width), 2 * i, n)
                window = vevens(a[0], a[1]), vodds(a[0], a[1]), vevens(b[0], b[1]), vodds(b[0], b[1])
                # NaN equals nothing: what is found here is where the largest number is, or the first NaN.
                largest = vlargest4(window[0], window[1], window[2], window[3])
                left = vload(gradients, i) if n == lanes(above) else vload_part(gradients, i, n)
                first = vwhere_equal(window[0], largest, left, zero)
                left = vwhere_equal(window[0], largest, zero, left)
                second = vwhere_equal(window[1], largest, left, zero)
                left = vwhere_equal(window[1], largest, zero, left)
                third = vwhere_equal(window[2], largest, left, zero)
                left = vwhere_equal(window[2], largest, zero, left)
                _store_pair(to, 2 * i, vmerge_low(first, second), vmerge_high(first, second), n)
                _store_pair(at(to, width), 2 * i, vmerge_low(third, left), vmerge_high(third, left), n)
                i += lanes(above)


@compiled(**ENTRY)
def avgpool(x, out):  # type: ignore[no-untyped-def]
    """Take the mean of each 2x2 window; a last odd row or column is left out."""
    images, channels, height, width = x.shape
    ho, wo = out.shape[2:]
    quarter = vsplat(pointer(x), 0.25)
    for plane in range(images * channels):
        for y in range(ho):
            above = at(pointer(x), (plane * height + 2 * y) * width)
            below, d, i = at(above, width), at(pointer(out), (plane * ho + y) * wo), 0
            while i < wo:
                a, b = _pair(above, 2 * i, wo - i), _pair(below, 2 * i, wo - i)
                low, high = vadd(a[0], b[0]), vadd(a[1], b[1])
                mean = vmul(quarter, vadd(vevens(low, high), vodds(low, high)))
                if i + lanes(d) <= wo:
                    vstore(d, i, mean)
                else:
                    vstore_part(d, i, mean, wo - i)
                i += lanes(d)


@compiled(**ENTRY)
def avgpool_back(dout, dx):  # type: ignore[no-untyped-def]
    """Send a quarter of each gradient to every number of its 2x2 window. dx holds 0 where no window reaches."""
    images, channels, height, width = dx.shape
    ho, wo = dout.shape[2:]
    quarter = vsplat(pointer(dx), 0.25)
    for plane in range(images * channels):
        for y in range(ho):
            to, i = at(pointer(dx), (plane * height + 2 * y) * width), 0
            gradients = at(pointer(dout), (plane * ho + y) * wo)
            while i < wo:
                n = min(wo - i, lanes(to))
                share = vmul(quarter, vload(gradients, i) if n == lanes(to) else vload_part(gradients, i, n))
                for row in range(2):
                    _store_pair(at(to, row * width), 2 * i, vmerge_low(share, share), vmerge_high(share, share), n)
                i += lanes(to)
