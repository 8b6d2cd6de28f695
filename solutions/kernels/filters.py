"""Convolution with filters in lanes: a vector holds what as many filters as it has lanes say to one position.

For one small image and many filters, a multiple of the lanes: rows that are shorter than a vector cost nothing, where `rows`
would compute positions that do not exist. A number of the image goes into every lane, so it may come from anywhere: a stride
needs no phases.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from solutions.kernels.caching import compiled
from solutions.kernels.images import from_lanes, to_lanes
from solutions.kernels.layout import ENTRY, INLINE, largest_2x2_vectors, pack_planes, tap_table
from solutions.kernels.tile import FILTERS, covering
from solutions.kernels.vector import at, keep, lanes, pointer

_block, _cover = covering(FILTERS)
_MOST = max(FILTERS.sizes)


@njit(**INLINE)
def _image(x, pitch, stride, packed, filters, bias, low, pool, table, taps, sums, out, ho, wo):  # type: ignore[no-untyped-def]
    """Convolve one image with all filters; `sums` takes the maps of a block of filters, before and after pooling."""
    wide = lanes(x)
    positions, pooled = ho * wo, ho * wo // (pool * pool)
    vectors, v = filters // wide, 0
    while v < vectors:
        m = _block(vectors - v)
        weights, begin = at(packed, v * wide * taps), at(bias, v * wide)
        for y in range(ho):
            row, to = at(x, y * stride * pitch), at(sums, y * wo * wide)
            _cover(m, wo, row, stride, table, taps, weights, 1, begin, low, to, positions * wide)
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
def convolve_filters(x, w, bias, out, stride, top, left, low, pool, part, parts):  # type: ignore[no-untyped-def]
    """Fill the part-th of `parts` shares of `out`; all arguments as in `rows`."""
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
    numbers = filters * out.shape[2] * out.shape[3]
    for n in range(images * part // parts, images * (part + 1) // parts):
        source = at(pointer(x), n * channels * height * width)
        if not as_it_lies:
            zero, one = np.int64(0), np.int64(1)
            pack_planes(source, channels, height, width, zero, top, left, one, planes, rows, pitch)
            source = planes
        to = at(pointer(out), n * numbers)
        _image(source, pitch, stride, packed, filters, pointer(bias), low, pool, table, taps, sums, to, ho, wo)
    keep(scratch)
    keep(tables)
