"""Convolution with filters in lanes: a vector holds what as many filters as it has lanes say to one position.

For one small image and many filters, a multiple of the lanes: rows that are shorter than a vector cost nothing, where
`by_position` would compute positions that do not exist. A number of the image goes into every lane, so it may come from
anywhere: a stride needs no phases.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from solutions.kernels.cache import ENTRY, INLINE, compiled
from solutions.kernels.layouts.geometry import Bank, Rows, Window
from solutions.kernels.simd.packing import Frame, from_lanes, largest_2x2_vectors, pack_planes, tap_table, to_lanes
from solutions.kernels.simd.tile import FILTERS, Operands, covering
from solutions.kernels.simd.vector import at, keep, lanes, pointer

_block, _cover = covering(FILTERS)
_MOST = max(FILTERS.sizes)


@njit(**INLINE)
def _image(source, stride, bank, pool, sums, out, ho, wo):
    """Convolve one image with all filters; `sums` takes the maps of a block of filters, before and after pooling."""
    wide, table, taps, low = lanes(sums), bank.table, bank.taps, bank.low
    positions, pooled = ho * wo, ho * wo // (pool * pool)
    vectors, v = bank.filters // wide, 0
    while v < vectors:
        m = _block(vectors - v)
        weights, bias = at(bank.packed, v * wide * taps), at(bank.bias, v * wide)
        for y in range(ho):
            row, to = at(source.first, y * stride * source.pitch), at(sums, y * wo * wide)
            _cover(m, wo, Operands(row, stride, table, taps, weights, 1, bias, low, to, positions * wide))
        for i in range(m):
            maps = at(sums, i * positions * wide)
            if pool == 2:
                for y in range(ho // 2):
                    above = at(maps, 2 * y * wo * wide)
                    # In place: what is overwritten has been read.
                    largest_2x2_vectors(above, at(above, wo * wide), at(maps, y * (wo // 2) * wide), wo // 2)
            from_lanes(at(out, (v + i) * wide * pooled), maps, pooled)
        v += m


@compiled(**ENTRY)
def convolve_by_filter(x, w, bias, out, window, low, part, parts):
    """Fill the part-th of `parts` shares of `out`; all arguments as in `convolve_by_position`."""
    stride, top, left, pool = Window(*window)
    images, channels, height, width = x.shape
    filters, _, kh, kw = w.shape
    ho, wo = out.shape[2] * pool, out.shape[3] * pool
    taps, wide = channels * kh * kw, lanes(pointer(x))
    rows, pitch = (ho - 1) * stride + kh, (wo - 1) * stride + kw
    as_it_lies = top == 0 and left == 0 and rows <= height and pitch <= width
    copied = 0 if as_it_lies else channels * rows * pitch
    scratch = np.empty(filters * taps + copied + _MOST * ho * wo * wide, x.dtype)
    tables = np.empty(taps, np.int64)
    packed, table = pointer(scratch), pointer(tables)
    planes = at(packed, filters * taps)
    sums = at(planes, copied)
    k = 0
    while k < filters:
        m = _block((filters - k) // wide)
        for i in range(m):
            to_lanes(at(packed, k * taps + i * wide), m * wide, at(pointer(w), (k + i * wide) * taps), taps)
        k += m * wide
    if as_it_lies:
        rows, pitch = height, width
    tap_table(table, channels, kh, kw, np.int64(1), rows, pitch)
    bank = Bank(packed, filters, taps, table, pointer(bias), low)
    numbers = filters * out.shape[2] * out.shape[3]
    for n in range(images * part // parts, images * (part + 1) // parts):
        source = at(pointer(x), n * channels * height * width)
        if not as_it_lies:
            pack_planes(source, x.shape[1:], Frame(top, left, rows, pitch), np.int64(0), np.int64(1), planes)
            source = planes
        _image(Rows(source, pitch), stride, bank, pool, sums, at(pointer(out), n * numbers), ho, wo)
    keep(scratch)
    keep(tables)
