"""Convolution with images in lanes: a vector holds the same pixel of as many images as a vector has lanes.

For batches of small images. No position is computed in vain, whatever the width of a row, and pooling and striding need no
shuffling: neighbours are vectors of their own. The price is a transposition on the way in and one on the way out, so a whole
hierarchy of blocks (convolve, clip, pool) runs between the two. A batch that is no multiple of the lanes ends with a group
that overlaps the one before; its images are computed twice, to the same result.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from solutions.kernels.cache import ENTRY, HELPER, INLINE, compiled
from solutions.kernels.layouts.geometry import Bank, Rows
from solutions.kernels.simd.packing import (
    Frame,
    from_lanes,
    largest_2x2_vectors,
    pack_lanes,
    pack_weights,
    tap_table,
    to_lanes,
)
from solutions.kernels.simd.tile import POSITIONS, Operands, covering
from solutions.kernels.simd.vector import aligned, at, keep, lanes, load, pointer, store

_block, _cover = covering(POSITIONS)
_MOST = max(POSITIONS.sizes)


class LayerRow(NamedTuple):
    """A layer of a chain, a row of the table that `convolve_by_image` takes.

    begin: place of its weights among all parameters   channels, kh, kw, filters: the shape of its bank
    stride, top, left, pool: as in `Window`   ho, wo: the size of its maps, after pooling
    """

    begin: int
    channels: int
    kh: int
    kw: int
    stride: int
    top: int
    left: int
    pool: int
    ho: int
    wo: int
    filters: int


@njit(**INLINE)
def _layer(source, stride, bank, pool, sums, d, ho, wo):
    """Convolve maps, rows of vectors, into maps of ho x wo, the largest of each 2x2 where pool is 2."""
    wide, table, taps, low = lanes(d), bank.table, bank.taps, bank.low
    plane = ho * wo * wide
    k = 0
    while k < bank.filters:
        m = _block(bank.filters - k)
        weights, bias = at(bank.packed, k * taps), at(bank.bias, k)
        for y in range(ho):
            out = at(d, k * plane + y * wo * wide)
            y_gap = plane if pool == 1 else pool * wo * wide
            for below in range(pool):
                row = at(source.first, (y * pool + below) * stride * source.pitch)
                to = out if pool == 1 else at(sums, below * m * y_gap)
                _cover(m, wo * pool, Operands(row, stride * wide, table, taps, weights, 1, bias, low, to, y_gap))
            if pool == 2:
                for i in range(m):
                    above = at(sums, i * y_gap)
                    largest_2x2_vectors(above, at(above, m * y_gap), at(out, i * plane), wo)
        k += m


@njit(**HELPER)
def _sizes(layers, height, width):
    """Return the most numbers that a map takes, framed and not, and the most positions of a row; vectors all of them."""
    most, longest = layers[0, 1] * height * width, 1
    for layer in range(len(layers)):
        _, channels, kh, kw, stride, _, _, pool, ho, wo, filters = layers[layer]
        most = max(most, channels * ((ho * pool - 1) * stride + kh) * ((wo * pool - 1) * stride + kw), filters * ho * wo)
        longest = max(longest, wo * pool)
    return most, longest


@compiled(**ENTRY)
def convolve_by_image(x, layers, parameters, out, low, part, parts):
    """Fill the part-th of `parts` shares of `out` with what a chain of layers makes of x.

    x: (N, C, H, W), N at least the lanes of a vector   out: (N, K, Ho, Wo)
    layers: (layers, 11), integers, a `LayerRow` each
    parameters: weights (K, C, kh, kw) and then biases (K,) of each layer   low: as in `Bank`
    """
    images, channels, height, width = x.shape
    wide = lanes(pointer(x))
    most, longest = _sizes(layers, height, width)
    taps_in_all = 0
    for layer in range(len(layers)):
        taps_in_all += layers[layer, 1] * layers[layer, 2] * layers[layer, 3]
    scratch = np.empty((2 * most + 2 * _MOST * longest + 1) * wide + parameters.size, x.dtype)
    tables = np.empty(taps_in_all, np.int64)
    first = aligned(scratch)
    second = at(first, most * wide)
    sums = at(second, most * wide)
    packed = at(sums, 2 * _MOST * longest * wide)
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
                pack_lanes(behind, before, (c, h, w), Frame(top, left, rows, columns))
                before, behind = behind, before
            bias = at(pointer(parameters), begin + filters * taps)
            bank = Bank(at(packed, begin), filters, taps, table, bias, low)
            _layer(Rows(before, columns * wide), stride, bank, pool, sums, behind, ho, wo)
            before, behind = behind, before
            table, h, w = at(table, taps), ho, wo
        from_lanes(at(pointer(out), n * numbers), before, numbers)
    keep(scratch)
    keep(tables)
