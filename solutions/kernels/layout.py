"""Laying numbers out the way the tiles want them: copies, frames of zeros, phases of a stride, packed weights."""

from __future__ import annotations

from numba import njit

from solutions.kernels.vector import (
    at,
    lanes,
    load,
    store,
    vevens,
    vlargest,
    vload,
    vload_part,
    vodds,
    vsplat,
    vstore,
    vstore_part,
)

ENTRY = {"error_model": "numpy", "nogil": True}
"""How what Python calls is compiled: a division by zero is no exception, and other threads may run meanwhile."""
NUMPY = ENTRY | {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""How what only kernels call is compiled."""
INLINE = {"error_model": "numpy", "inline": "always"}
"""How what holds tiles is compiled: as a part of its caller, or LLVM would optimise the tiles once more for every level."""


@njit(**NUMPY)
def copy(d, s, n):  # type: ignore[no-untyped-def]
    """Copy n numbers and touch no others."""
    i = 0
    while i + lanes(d) <= n:
        vstore(d, i, vload(s, i))
        i += lanes(d)
    if i < n:
        vstore_part(d, i, vload_part(s, i, n - i), n - i)


@njit(**NUMPY)
def fill(d, n, value):  # type: ignore[no-untyped-def]
    """Set n numbers to `value`."""
    i = 0
    while i + lanes(d) <= n:
        vstore(d, i, vsplat(d, value))
        i += lanes(d)
    if i < n:
        vstore_part(d, i, vsplat(d, value), n - i)


@njit(**NUMPY)
def largest_2x2(above, below, d, n):  # type: ignore[no-untyped-def]
    """Fill d with the n largest of each 2x2 window of two rows of 2n numbers; d may be read and written beyond its end."""
    for i in range(0, n, lanes(d)):
        a0, a1 = vload(above, 2 * i), vload(above, 2 * i + lanes(d))
        b0, b1 = vload(below, 2 * i), vload(below, 2 * i + lanes(d))
        four = vlargest(vevens(a0, a1), vodds(a0, a1), vevens(b0, b1), vodds(b0, b1))
        vstore_part(d, i, four, n - i)


@njit(**NUMPY)
def largest_2x2_vectors(above, below, d, n):  # type: ignore[no-untyped-def]
    """As `largest_2x2`, where each of the numbers is a vector; d may be where `above` is."""
    wide = lanes(d)
    for i in range(n):
        a, b = at(above, 2 * i * wide), at(below, 2 * i * wide)
        vstore(d, i * wide, vlargest(vload(a, 0), vload(a, wide), vload(b, 0), vload(b, wide)))


@njit(**NUMPY)
def pack_weights(w, filters, taps, block, packed):  # type: ignore[no-untyped-def]
    """Lay w (filters, taps) out as the tiles read it: in blocks of filters, and in each the filters' weights tap by tap."""
    k = 0
    while k < filters:
        m = block(filters - k)
        for i in range(m):
            for t in range(taps):
                store(packed, k * taps + t * m + i, load(w, (k + i) * taps + t))
        k += m


@njit(**NUMPY)
def _every(d, s, n, stride):  # type: ignore[no-untyped-def]
    """Copy every stride-th number: n of them."""
    j = 0
    if stride == 1:
        copy(d, s, n)
        return
    if stride == 2:
        while j + lanes(d) < n:
            vstore(d, j, vevens(vload(s, 2 * j), vload(s, 2 * j + lanes(d))))
            j += lanes(d)
    while j < n:
        store(d, j, load(s, j * stride))
        j += 1


@njit(**NUMPY)
def pack_planes(x, channels, height, width, first, top, left, stride, planes, rows, pitch):  # type: ignore[no-untyped-def]
    """Copy channels of an image into planes of `rows` x `pitch`, from row `first` of the stride on, with zeros around them.

    An image is taken apart into the stride^2 phases of its rows and columns, a plane each: the numbers that one tap meets at
    successive positions then lie side by side. The plane of channel c and phase (u, v) is the (c*stride + u)*stride + v-th.
    """
    for c in range(channels):
        for u in range(stride):
            for v in range(stride):
                begin = min(max(0, (left - v + stride - 1) // stride), pitch)
                end = max(begin, min(pitch, (width - 1 + left - v) // stride + 1))
                plane = at(planes, ((c * stride + u) * stride + v) * rows * pitch)
                for i in range(rows):
                    row = at(plane, i * pitch)
                    y = (first + i) * stride + u - top
                    if y < 0 or y >= height:
                        fill(row, pitch, 0.0)
                    else:
                        source = (c * height + y) * width + begin * stride + v - left
                        fill(row, begin, 0.0)
                        _every(at(row, begin), at(x, source), end - begin, stride)
                        fill(at(row, end), pitch - end, 0.0)


@njit(**NUMPY)
def tap_table(table, channels, kh, kw, stride, rows, pitch):  # type: ignore[no-untyped-def]
    """Write down where each tap (c, u, v) finds its first number in the planes of `pack_planes`."""
    t = 0
    for c in range(channels):
        for u in range(kh):
            row = ((c * stride + u % stride) * stride * rows + u // stride) * pitch
            # Tap v lies in phase v % stride, v // stride numbers on; a division takes as long as a tile's whole step.
            phase, along = 0, 0
            for _ in range(kw):
                store(table, t, row + phase * rows * pitch + along)
                t += 1
                phase += 1
                if phase == stride:
                    phase, along = 0, along + 1
