"""Convolution with 3x3 kernels at stride 1, with 16 multiplications where 36 are usual.

Two rows of two positions see a patch of 4x4 pixels. Patch and kernel are brought into a form in which numbers at the same place
have only to be multiplied and summed over the channels; the sums are brought back. (Winograd's F(2x2, 3x3), after Lavin and
Gray, "Fast Algorithms for Convolutional Neural Networks", 2015, section 4.1.) What is added there and back must pay: there
have to be many channels and many filters. Larger tiles multiply less still, and lose digits that a reference needs.

A patch is a lane. The phases of `pack_planes` with stride 2 hold what neighbouring patches have at the same place side by side.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from solutions.kernels.caching import compiled
from solutions.kernels.layout import ENTRY, INLINE, NUMPY, copy, fill, pack_planes
from solutions.kernels.tile import POSITIONS, covering
from solutions.kernels.vector import (
    at,
    keep,
    lanes,
    load,
    pointer,
    store,
    vadd,
    vclip,
    vlargest,
    vload,
    vmerge_high,
    vmerge_low,
    vsplat,
    vstore,
    vsub,
)

GROUP_BYTES = 1 << 19
_block, _cover = covering(POSITIONS)


@njit(**NUMPY)
def _patch(p, phase, pitch, column):  # type: ignore[no-untyped-def]
    """Transform a column of patches: four rows, of two phases `phase` numbers apart."""
    a, b, c, d = (
        vload(p, column),
        vload(p, 2 * phase + column),
        vload(p, pitch + column),
        vload(p, 2 * phase + pitch + column),
    )
    return _mix(a, b, c, d)


@njit(**NUMPY)
def _mix(a, b, c, d):  # type: ignore[no-untyped-def]
    return vsub(a, c), vadd(b, c), vsub(c, b), vsub(b, d)


@njit(**NUMPY)
def _unmix(p, gap):  # type: ignore[no-untyped-def]
    """Bring a column of four sums back to two."""
    a, b, c, d = vload(p, 0), vload(p, 4 * gap), vload(p, 8 * gap), vload(p, 12 * gap)
    return vadd(vadd(a, b), c), vsub(vsub(b, c), d)


@njit(**NUMPY)
def _put(d, gap, four):  # type: ignore[no-untyped-def]
    vstore(d, 0, four[0])
    vstore(d, gap, four[1])
    vstore(d, 2 * gap, four[2])
    vstore(d, 3 * gap, four[3])


@njit(**NUMPY)
def _transform_images(planes, phase, pitch, channels, vectors, d, d_gap):  # type: ignore[no-untyped-def]
    """Fill d, 16 places `d_gap` apart, each (channels, vectors of patches)."""
    wide = lanes(planes)
    for c in range(channels):
        for j in range(vectors):
            p, to = at(planes, 4 * c * phase + j * wide), at(d, (c * vectors + j) * wide)
            w, x = _patch(p, phase, pitch, 0), _patch(at(p, phase), phase, pitch, 0)
            y, z = _patch(p, phase, pitch, 1), _patch(at(p, phase), phase, pitch, 1)
            _put(to, d_gap, _mix(w[0], x[0], y[0], z[0]))
            _put(at(to, 4 * d_gap), d_gap, _mix(w[1], x[1], y[1], z[1]))
            _put(at(to, 8 * d_gap), d_gap, _mix(w[2], x[2], y[2], z[2]))
            _put(at(to, 12 * d_gap), d_gap, _mix(w[3], x[3], y[3], z[3]))


@njit(**NUMPY)
def _lift(a, b, c, half):  # type: ignore[no-untyped-def]
    """Transform three numbers of a kernel; `half` is 0.5 in their dtype."""
    outer, inner = (a + c) * half, b * half
    return a, outer + inner, outer - inner, c


@njit(**NUMPY)
def _transform_weights(w, filters, channels, depth, half, packed):  # type: ignore[no-untyped-def]
    """Lay the kernels out in blocks of filters, in each 16 places, in each channel by channel the filters of the block.

    There is room for `depth` channels at each place.
    """
    k = 0
    while k < filters:
        m = _block(filters - k)
        for c in range(channels):
            for i in range(m):
                g, to = at(w, ((k + i) * channels + c) * 9), at(packed, 16 * k * depth + c * m + i)
                columns = (
                    _lift(load(g, 0), load(g, 3), load(g, 6), half),
                    _lift(load(g, 1), load(g, 4), load(g, 7), half),
                    _lift(load(g, 2), load(g, 5), load(g, 8), half),
                )
                for row in range(4):
                    across = _lift(columns[0][row], columns[1][row], columns[2][row], half)
                    for column in range(4):
                        store(to, (row * 4 + column) * depth * m, across[column])
        k += m


@njit(**NUMPY)
def _transform_back(sums, gap, vectors, bias, low, pool, d, d_gap):  # type: ignore[no-untyped-def]
    """Fill d with two rows of positions for a row of patches, d_gap apart; or with one, the largest of each patch."""
    wide = lanes(sums)
    add, floor = vsplat(sums, bias), vsplat(sums, low)
    for j in range(vectors):
        p = at(sums, j * wide)
        w, x, y, z = _unmix(p, gap), _unmix(at(p, gap), gap), _unmix(at(p, 2 * gap), gap), _unmix(at(p, 3 * gap), gap)
        a = vclip(floor, vadd(add, vadd(vadd(w[0], x[0]), y[0])))
        b = vclip(floor, vadd(add, vsub(vsub(x[0], y[0]), z[0])))
        c = vclip(floor, vadd(add, vadd(vadd(w[1], x[1]), y[1])))
        e = vclip(floor, vadd(add, vsub(vsub(x[1], y[1]), z[1])))
        if pool == 2:
            vstore(d, j * wide, vlargest(a, b, c, e))
        else:
            vstore(d, 2 * j * wide, vmerge_low(a, b))
            vstore(d, (2 * j + 1) * wide, vmerge_high(a, b))
            vstore(d, d_gap + 2 * j * wide, vmerge_low(c, e))
            vstore(d, d_gap + (2 * j + 1) * wide, vmerge_high(c, e))


@njit(**INLINE)
def _multiply(x, x_gap, vectors, channels, weights, depth, m, table, zeros, sums, gap):  # type: ignore[no-untyped-def]
    """Sum the products at each of the 16 places over the channels, for m filters."""
    for place in range(16):
        a, y = at(weights, place * depth * m), at(sums, place * gap)
        _cover(m, vectors, at(x, place * x_gap), lanes(x), table, channels, a, 1, zeros, -np.inf, y, 16 * gap)


@compiled(**ENTRY)
def convolve_3x3(x, w, bias, out, top, left, low, pool, part, parts):  # type: ignore[no-untyped-def]
    """Fill the part-th of `parts` shares of `out`; arguments as in `rows`, with kernels of 3x3 and stride 1."""
    images, channels, height, width = x.shape
    filters, wide = w.shape[0], lanes(pointer(x))
    ho, wo = out.shape[2] * pool, out.shape[3] * pool
    down, pitch = (ho + 1) // 2, (wo + 1) // 2 + 1
    rows = min(max(1, GROUP_BYTES // x.itemsize // (16 * channels * pitch)), down)
    groups = (down + rows - 1) // rows
    rows = (down + groups - 1) // groups
    vectors = (rows * pitch - 1 + wide - 1) // wide
    gap, phase = vectors * wide, (rows + 1) * pitch
    # Something between the places: were they a power of two apart, they would fall on one another in the cache.
    x_gap, depth = channels * gap + wide, channels + 3
    scratch = np.empty(16 * depth * filters + 8 + 4 * channels * phase + 2 * gap + 16 * x_gap + 8 * 20 * gap, x.dtype)
    tables = np.empty(channels, np.int64)
    packed, table = pointer(scratch), pointer(tables)
    zeros = at(packed, 16 * depth * filters)
    planes = at(zeros, 8)
    transformed = at(planes, 4 * channels * phase + 2 * gap)
    sums = at(transformed, 16 * x_gap)
    done = at(sums, 8 * 16 * gap)
    fill(zeros, 8, 0.0)
    _transform_weights(pointer(w), filters, channels, depth, x.dtype.type(0.5), packed)
    for c in range(channels):
        store(table, c, c * gap)
    for unit in range(images * groups * part // parts, images * groups * (part + 1) // parts):
        n, first = unit // groups, unit % groups * rows
        source = at(pointer(x), n * channels * height * width)
        pack_planes(source, channels, height, width, first, top, left, np.int64(2), planes, rows + 1, pitch)
        _transform_images(planes, phase, pitch, channels, vectors, transformed, x_gap)
        k = 0
        while k < filters:
            m = _block(filters - k)
            _multiply(transformed, x_gap, vectors, channels, at(packed, 16 * k * depth), depth, m, table, zeros, sums, gap)
            for i in range(m):
                _transform_back(at(sums, 16 * i * gap), gap, vectors, bias[k + i], low, pool, done, 2 * gap)
                plane = at(pointer(out), (n * filters + k + i) * out.shape[2] * out.shape[3])
                for row in range(2 * rows // pool):
                    y = first * 2 // pool + row
                    s = at(done, row * pitch) if pool == 2 else at(done, row % 2 * 2 * gap + row // 2 * 2 * pitch)
                    if y < out.shape[2]:
                        copy(at(plane, y * out.shape[3]), s, out.shape[3])
            k += m
    keep(scratch)
    keep(tables)
