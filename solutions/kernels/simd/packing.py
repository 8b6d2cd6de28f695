"""Laying numbers out the way the tiles want them: frames of zeros, phases of a stride, packed weights, images in lanes."""

from __future__ import annotations

from typing import Any, NamedTuple

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from solutions.kernels.cache import HELPER
from solutions.kernels.simd.vector import (
    ELEMENTS,
    INT32,
    INT64,
    Vector,
    at,
    lanes,
    load,
    load_vector,
    store,
    store_vector,
    vevens,
    vlargest,
    vload,
    vload_part,
    vodds,
    vsplat,
    vstore,
    vstore_part,
)


class Frame(NamedTuple):
    """Which part of a plane is laid out: `rows` x `columns`, from `top` rows above and `left` columns left of its first number.

    What lies beyond the plane is 0.
    """

    top: Any
    left: Any
    rows: Any
    columns: Any


@njit(**HELPER)
def copy(d, s, n):
    """Copy n numbers and touch no others."""
    i = 0
    while i + lanes(d) <= n:
        vstore(d, i, vload(s, i))
        i += lanes(d)
    if i < n:
        vstore_part(d, i, vload_part(s, i, n - i), n - i)


@njit(**HELPER)
def fill(d, n, value):
    """Set n numbers to `value`."""
    i = 0
    while i + lanes(d) <= n:
        vstore(d, i, vsplat(d, value))
        i += lanes(d)
    if i < n:
        vstore_part(d, i, vsplat(d, value), n - i)


@njit(**HELPER)
def largest_2x2(above, below, d, n):
    """Fill d with the n largest of each 2x2 window of two rows of 2n numbers; d may be read and written beyond its end."""
    for i in range(0, n, lanes(d)):
        a0, a1 = vload(above, 2 * i), vload(above, 2 * i + lanes(d))
        b0, b1 = vload(below, 2 * i), vload(below, 2 * i + lanes(d))
        four = vlargest(vevens(a0, a1), vodds(a0, a1), vevens(b0, b1), vodds(b0, b1))
        vstore_part(d, i, four, n - i)


@njit(**HELPER)
def largest_2x2_vectors(above, below, d, n):
    """As `largest_2x2`, where each of the numbers is a vector; d may be where `above` is."""
    wide = lanes(d)
    for i in range(n):
        a, b = at(above, 2 * i * wide), at(below, 2 * i * wide)
        vstore(d, i * wide, vlargest(vload(a, 0), vload(a, wide), vload(b, 0), vload(b, wide)))


@njit(**HELPER)
def pack_weights(w, filters, taps, block, packed):
    """Lay w (filters, taps) out as the tiles read it: in blocks of filters, and in each the filters' weights tap by tap."""
    k = 0
    while k < filters:
        m = block(filters - k)
        for i in range(m):
            for t in range(taps):
                store(packed, k * taps + t * m + i, load(w, (k + i) * taps + t))
        k += m


@njit(**HELPER)
def _every(d, s, n, stride):
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


@njit(**HELPER)
def pack_planes(x, shape, frame, first, stride, planes):
    """Copy an image (channels, height, width) into planes as `frame` says, from row `first` of the stride on.

    An image is taken apart into the stride^2 phases of its rows and columns, a plane each: the numbers that one tap meets at
    successive positions then lie side by side. The plane of channel c and phase (u, v) is the (c*stride + u)*stride + v-th.
    """
    (channels, height, width), columns = shape, frame.columns
    for c in range(channels):
        for u in range(stride):
            for v in range(stride):
                begin = min(max(0, (frame.left - v + stride - 1) // stride), columns)
                end = max(begin, min(columns, (width - 1 + frame.left - v) // stride + 1))
                plane = at(planes, ((c * stride + u) * stride + v) * frame.rows * columns)
                for i in range(frame.rows):
                    row = at(plane, i * columns)
                    y = (first + i) * stride + u - frame.top
                    if y < 0 or y >= height:
                        fill(row, columns, 0.0)
                    else:
                        source = (c * height + y) * width + begin * stride + v - frame.left
                        fill(row, begin, 0.0)
                        _every(at(row, begin), at(x, source), end - begin, stride)
                        fill(at(row, end), columns - end, 0.0)


@njit(**HELPER)
def tap_table(table, channels, kh, kw, stride, rows, pitch):
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


@intrinsic
def _transpose(typingctx, d, d_gap, s, s_gap):
    """Transpose a square of lanes x lanes numbers: d[j*d_gap + i] = s[i*s_gap + j].

    Of every two vectors that are 1, 2, 4, ... apart, the off-diagonal halves change places.
    """
    element = ELEMENTS[d.dtype]
    vector = ir.VectorType(element, Vector(d.dtype).lanes)
    size = vector.count

    def codegen(context, b, signature, values):
        to, to_gap, source, gap = values
        v = [load_vector(b, source, b.mul(gap, ir.Constant(INT64, i)), vector) for i in range(size)]
        step = 1
        while step < size:
            low = [i if not i & step else size + i - step for i in range(size)]
            high = [i + step if not i & step else size + i for i in range(size)]
            for i in range(size):
                if not i & step:
                    pair = v[i], v[i + step]
                    v[i], v[i + step] = (
                        b.shuffle_vector(*pair, ir.Constant(ir.VectorType(INT32, size), order)) for order in (low, high)
                    )
            step *= 2
        for j in range(size):
            store_vector(b, to, b.mul(to_gap, ir.Constant(INT64, j)), v[j])
        return context.get_dummy_value()

    return types.void(d, types.int64, d, types.int64), codegen


@njit(**HELPER)
def to_lanes(d, d_gap, s, n):
    """Lay numbers of successive images side by side: d[i*d_gap + image] = s[image*n + i], a lane for each image."""
    if n < lanes(d):
        for i in range(n):
            for image in range(lanes(d)):
                store(d, i * d_gap + image, load(s, image * n + i))
        return
    for square in range((n + lanes(d) - 1) // lanes(d)):
        # The last square overlaps the one before.
        i = min(square * lanes(d), n - lanes(d))
        _transpose(at(d, i * d_gap), d_gap, at(s, i), n)


@njit(**HELPER)
def from_lanes(d, s, n):
    """Lay images one after the other again: d[image*n + i] = s[i*L + image]."""
    if n < lanes(d):
        for i in range(n):
            for image in range(lanes(d)):
                store(d, image * n + i, load(s, i * lanes(d) + image))
        return
    for square in range((n + lanes(d) - 1) // lanes(d)):
        i = min(square * lanes(d), n - lanes(d))
        _transpose(at(d, i), n, at(s, i * lanes(d)), lanes(d))


@njit(**HELPER)
def pack_lanes(d, s, shape, frame):
    """Lay maps (channels, height, width) of vectors out as `frame` says."""
    (channels, height, width), wide, columns = shape, lanes(d), frame.columns
    begin, skipped = min(max(frame.left, 0), columns), max(-frame.left, 0)
    across = max(0, min(width - skipped, columns - begin))
    for c in range(channels):
        for i in range(frame.rows):
            row, y = at(d, (c * frame.rows + i) * columns * wide), i - frame.top
            if y < 0 or y >= height:
                fill(row, columns * wide, 0.0)
            else:
                fill(row, begin * wide, 0.0)
                copy(at(row, begin * wide), at(s, ((c * height + y) * width + skipped) * wide), across * wide)
                fill(at(row, (begin + across) * wide), (columns - begin - across) * wide, 0.0)
