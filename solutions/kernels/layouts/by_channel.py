"""Gradients of weights with channels in lanes: a vector holds what as many channels as it has lanes say at one position.

For images of many channels. The gradient of a position goes into every lane, and a pixel serves each tap that meets it from one
place in memory, so that nothing is copied but the images, no vector crosses a line of the cache, and no lane is in vain at the
end of a row. Where the channels are no multiple of the lanes, the last group overlaps the one before, to the same result.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from solutions.kernels.cache import ENTRY, HELPER, INLINE, compiled
from solutions.kernels.simd.packing import Frame, fill, from_lanes, pack_lanes, to_lanes
from solutions.kernels.simd.tile import CHANNELS, Operands, covering
from solutions.kernels.simd.vector import aligned, at, keep, lanes, load, pointer, vadd, vload, vload_part, vsplat, vsum

_block, _cover = covering(CHANNELS)
STEPS = 128
"""So many positions are added up for all taps before the next ones are: what is read of the images meanwhile stays in L1."""


@njit(**INLINE)
def _add_products(planes, plane, pitch, shape, table, dout, sums):
    """Add the products of all positions to the sums of every filter and tap.

    planes: `plane` numbers for each group of channels, in rows of `pitch` vectors   shape: filters, groups, kh, kw
    table: the places of the positions, as many as a map of `dout` has   sums: a vector for each filter, group and tap
    """
    (filters, groups, kh, kw), wide, zero = shape, lanes(sums), load(planes, 0)
    positions = len(table)
    for t in range(0, positions, STEPS):
        places, most = at(pointer(table), t), min(STEPS, positions - t)
        for g in range(groups):
            k = 0
            while k < filters:
                m, gradients = _block(filters - k), at(dout, k * positions + t)
                for u in range(kh):
                    first, to = at(planes, g * plane + u * pitch * wide), at(sums, ((k * groups + g) * kh + u) * kw * wide)
                    gap = groups * kh * kw * wide
                    # What is summed is added to what was there: no bias and no limit is looked at.
                    _cover(m, kw, Operands(first, wide, places, most, gradients, positions, first, zero, to, gap))
                k += m


@njit(**HELPER)
def _total(numbers, n):
    """Return the sum of n numbers."""
    total, i = vsplat(numbers, 0.0), 0
    while i + lanes(numbers) <= n:
        total = vadd(total, vload(numbers, i))
        i += lanes(numbers)
    return vsum(vadd(total, vload_part(numbers, i, n - i)))


@compiled(**ENTRY)
def weight_gradients_by_channel(x, dout, dw, db, stride, top, left):
    """Fill dw (K, C, kh, kw) and db (K,) from x (N, C, H, W) and dout (N, K, Ho, Wo), C at least the lanes of a vector.

    stride, top, left: as in `Window`
    """
    images, channels, height, width = x.shape
    filters, _, kh, kw = dw.shape
    ho, wo = dout.shape[2:]
    wide, positions = lanes(pointer(x)), ho * wo
    rows, pitch, groups = (ho - 1) * stride + kh, (wo - 1) * stride + kw, (channels + wide - 1) // wide
    plane, all_sums = rows * pitch * wide, filters * groups * kh * kw * wide
    scratch = np.empty(all_sums + groups * plane + height * width * wide + wide, x.dtype)
    sums = aligned(scratch)
    planes = at(sums, all_sums)
    landed = at(planes, groups * plane)
    table = np.empty(positions, np.int64)
    for t in range(positions):
        table[t] = (t // wo * pitch + t % wo) * stride * wide
    fill(sums, all_sums, 0.0)
    db[:] = 0
    for n in range(images):
        for g in range(groups):
            c = min(g * wide, channels - wide)
            to_lanes(landed, wide, at(pointer(x), (n * channels + c) * height * width), height * width)
            pack_lanes(at(planes, g * plane), landed, (1, height, width), Frame(top, left, rows, pitch))
        gradients = at(pointer(dout), n * filters * positions)
        _add_products(planes, plane, pitch, (filters, groups, kh, kw), table, gradients, sums)
        for k in range(filters):
            db[k] += _total(at(gradients, k * positions), positions)
    for k in range(filters):
        for g in range(groups):
            c = min(g * wide, channels - wide)
            from_lanes(at(pointer(dw), (k * channels + c) * kh * kw), at(sums, (k * groups + g) * kh * kw * wide), kh * kw)
    keep(scratch)
    keep(table)
