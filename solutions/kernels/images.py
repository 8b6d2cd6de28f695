"""Convolution with images in lanes: a vector holds the same pixel of as many images as a vector has lanes.

For batches of small images. No position is computed in vain, whatever the width of a row, and pooling and striding need no
shuffling: neighbours are vectors of their own. The price is a transposition on the way in and one on the way out, so a whole
hierarchy of blocks (convolve, clip, pool) runs between the two. A batch that is no multiple of the lanes ends with a group
that overlaps the one before; its images are computed twice, to the same result.
"""

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from solutions.kernels.caching import compiled
from solutions.kernels.layout import ENTRY, INLINE, NUMPY, copy, fill, largest_2x2_vectors, pack_weights, tap_table
from solutions.kernels.tile import POSITIONS, covering
from solutions.kernels.vector import (
    ELEMENTS,
    INT32,
    INT64,
    Vector,
    at,
    keep,
    lanes,
    load,
    load_vector,
    pointer,
    store,
    store_vector,
)

_block, _cover = covering(POSITIONS)
_MOST = max(POSITIONS.sizes)


@intrinsic
def _transpose(typingctx, d, d_gap, s, s_gap):  # type: ignore[no-untyped-def]
    """Transpose a square of lanes x lanes numbers: d[j*d_gap + i] = s[i*s_gap + j].

    Of every two vectors that are 1, 2, 4, ... apart, the off-diagonal halves change places.
    """
    element = ELEMENTS[d.dtype]
    vector = ir.VectorType(element, Vector(d.dtype).lanes)
    size = vector.count

    def codegen(context, b, signature, values):  # type: ignore[no-untyped-def]
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


@njit(**NUMPY)
def to_lanes(d, d_gap, s, n):  # type: ignore[no-untyped-def]
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


@njit(**NUMPY)
def from_lanes(d, s, n):  # type: ignore[no-untyped-def]
    """Lay images one after the other again: d[image*n + i] = s[i*L + image]."""
    if n < lanes(d):
        for i in range(n):
            for image in range(lanes(d)):
                store(d, image * n + i, load(s, i * lanes(d) + image))
        return
    for square in range((n + lanes(d) - 1) // lanes(d)):
        i = min(square * lanes(d), n - lanes(d))
        _transpose(at(d, i), n, at(s, i * lanes(d)), lanes(d))


@njit(**NUMPY)
def frame(d, s, channels, height, width, top, left, rows, columns):  # type: ignore[no-untyped-def]
    """Lay maps of `height` x `width` vectors into maps of `rows` x `columns`, from (top, left) on; around them are zeros."""
    wide = lanes(d)
    begin, skipped = min(max(left, 0), columns), max(-left, 0)
    across = max(0, min(width - skipped, columns - begin))
    for c in range(channels):
        for i in range(rows):
            row, y = at(d, (c * rows + i) * columns * wide), i - top
            if y < 0 or y >= height:
                fill(row, columns * wide, 0.0)
            else:
                fill(row, begin * wide, 0.0)
                copy(at(row, begin * wide), at(s, ((c * height + y) * width + skipped) * wide), across * wide)
                fill(at(row, (begin + across) * wide), (columns - begin - across) * wide, 0.0)


@njit(**INLINE)
def _layer(x, columns, filters, stride, packed, taps, table, bias, low, pool, sums, d, ho, wo):  # type: ignore[no-untyped-def]
    """Convolve maps, rows of `columns` vectors, into maps of ho x wo, the largest of each 2x2 where pool is 2."""
    wide = lanes(x)
    plane = ho * wo * wide
    k = 0
    while k < filters:
        m = _block(filters - k)
        for y in range(ho):
            out = at(d, k * plane + y * wo * wide)
            y_gap = plane if pool == 1 else pool * wo * wide
            for below in range(pool):
                row = at(x, (y * pool + below) * stride * columns * wide)
                to = out if pool == 1 else at(sums, below * m * y_gap)
                _cover(m, wo * pool, row, stride * wide, table, taps, at(packed, k * taps), 1, at(bias, k), low, to, y_gap)
            if pool == 2:
                for i in range(m):
                    above = at(sums, i * y_gap)
                    largest_2x2_vectors(above, at(above, m * y_gap), at(out, i * plane), wo)
        k += m


@njit(**NUMPY)
def _sizes(layers, height, width):  # type: ignore[no-untyped-def]
    """Return the most numbers that a map takes, framed and not, and the most positions of a row; vectors all of them."""
    most, longest = layers[0, 1] * height * width, 1
    for layer in range(len(layers)):
        _, channels, kh, kw, stride, _, _, pool, ho, wo, filters = layers[layer]
        most = max(most, channels * ((ho * pool - 1) * stride + kh) * ((wo * pool - 1) * stride + kw), filters * ho * wo)
        longest = max(longest, wo * pool)
    return most, longest


@compiled(**ENTRY)
def convolve_images(x, layers, parameters, out, low, part, parts):  # type: ignore[no-untyped-def]
    """Fill the part-th of `parts` shares of `out` with what a chain of layers makes of x.

    x: (N, C, H, W), N at least the lanes of a vector   out: (N, K, Ho, Wo)
    layers: (layers, 11), integers: place of the layer's weights in `parameters`, C, kh, kw, stride, top, left, pool (1 or 2),
    Ho, Wo (after pooling), K. Position (i, j) of a map looks at row i*stride - top of the maps before, as in `rows`.
    parameters: weights (K, C, kh, kw) and then biases (K,) of each layer.   low: as in `rows`.
    """
    images, channels, height, width = x.shape
    wide = lanes(pointer(x))
    most, longest = _sizes(layers, height, width)
    taps_in_all = 0
    for layer in range(len(layers)):
        taps_in_all += layers[layer, 1] * layers[layer, 2] * layers[layer, 3]
    scratch = np.empty(parameters.size + (2 * most + 2 * _MOST * longest) * wide, x.dtype)
    tables = np.empty(taps_in_all, np.int64)
    packed = pointer(scratch)
    first, second = at(packed, parameters.size), at(packed, parameters.size + most * wide)
    sums = at(second, most * wide)
    table = pointer(tables)
    for layer in range(len(layers)):
        begin, c, kh, kw, stride, _, _, pool, ho, wo, filters = layers[layer]
        pack_weights(at(pointer(parameters), begin), filters, c * kh * kw, _block, at(packed, begin))
        rows, columns = (ho * pool - 1) * stride + kh, (wo * pool - 1) * stride + kw
        tap_table(table, c, kh, kw, np.int64(1), rows, columns)
        for t in range(c * kh * kw):
            store(table, t, load(table, t) * wide)
        table = at(table, c * kh * kw)

    numbers = out.shape[1] * out.shape[2] * out.shape[3]
    groups = (images + wide - 1) // wide
    for group in range(groups * part // parts, groups * (part + 1) // parts):
        n = min(group * wide, images - wide)
        to_lanes(first, wide, at(pointer(x), n * channels * height * width), channels * height * width)
        table, before, behind = pointer(tables), first, second
        h, w = height, width
        for layer in range(len(layers)):
            begin, c, kh, kw, stride, top, left, pool, ho, wo, filters = layers[layer]
            rows, columns, taps = (ho * pool - 1) * stride + kh, (wo * pool - 1) * stride + kw, c * kh * kw
            if top != 0 or left != 0 or rows != h or columns != w:
                frame(behind, before, c, h, w, top, left, rows, columns)
                before, behind = behind, before
            weights, bias = at(packed, begin), at(pointer(parameters), begin + filters * taps)
            _layer(
                before, columns, filters, stride, weights, taps, table, bias, low, pool, sums, behind, ho, wo
            )
            before, behind = behind, before
            table, h, w = at(table, taps), ho, wo
        from_lanes(at(pointer(out), n * numbers), before, numbers)
    keep(scratch)
    keep(tables)
