"""Convolution with positions in lanes: a vector holds neighbours of one row of the feature map.

For images of any size and any stride. The rows of a padded plane follow one another in memory, so a vector may run over the
end of a row into the next one: what it computes there belongs to no position and is left out when the rows are copied to
their place. An image is worked on in strips of rows that stay in the second-level cache, a strip in pieces whose sums stay in
the first.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from solutions.kernels.cache import ENTRY, HELPER, INLINE, compiled
from solutions.kernels.layouts.geometry import Bank, Rows, Window
from solutions.kernels.simd.packing import Frame, copy, largest_2x2, pack_planes, pack_weights, tap_table
from solutions.kernels.simd.tile import POSITIONS, Operands, covering
from solutions.kernels.simd.vector import at, keep, lanes, pointer, vload, vstore

STRIP_BYTES = 1 << 18
PIECE_BYTES = 1 << 15
_block, _cover = covering(POSITIONS)
_MOST = max(POSITIONS.sizes)


@njit(**HELPER)
def _put(d, s, pitch, rows, width, pool):
    """Copy sums to their place, or the largest of each 2x2 of them."""
    if pool == 2:
        for y in range(rows // 2):
            row = at(s, 2 * y * pitch)
            largest_2x2(row, at(row, pitch), at(d, y * (width // 2)), width // 2)
    elif pitch == width:
        copy(d, s, rows * width)
    else:
        wide = lanes(d)
        rounded = (width + wide - 1) // wide * wide
        for y in range(rows):
            to, row = at(d, y * width), at(s, y * pitch)
            if (rows - y) * width < rounded:
                copy(to, row, width)
            else:
                # Whole vectors run over into the rows below, which come after and put that right.
                for i in range(0, rounded, wide):
                    vstore(to, i, vload(row, i))


@njit(**INLINE)
def _piece(source, rows, width, bank, pool, sums, out, plane):
    """Compute `rows` rows of every feature map; `plane` is the number of positions of a map in `out`."""
    wide = lanes(source.first)
    # Long rows go straight to their place, all but their last numbers; `sums` takes what does not end with a row.
    whole = width // wide if pool == 1 and width >= 7 * wide else 0
    vectors = 1 if whole else ((rows - 1) * source.pitch + width + wide - 1) // wide
    gap, rest = vectors * wide, width - whole * wide
    table, taps, low = bank.table, bank.taps, bank.low
    k = 0
    while k < bank.filters:
        m = _block(bank.filters - k)
        weights, bias = at(bank.packed, k * taps), at(bank.bias, k)
        for y in range(rows if whole else 1):
            row, d = at(source.first, y * source.pitch), at(out, k * plane + y * width)
            if whole:
                _cover(m, whole, Operands(row, wide, table, taps, weights, 1, bias, low, d, plane))
            if rest:
                row = at(row, whole * wide)
                _cover(m, vectors, Operands(row, wide, table, taps, weights, 1, bias, low, sums, gap))
                for i in range(m):
                    to, done = at(d, i * plane + whole * wide), at(sums, i * gap)
                    _put(to, done, source.pitch, 1 if whole else rows, rest, pool)
        k += m


@compiled(**ENTRY)
def convolve_by_position(x, w, bias, out, window, low, part, parts):
    """Fill the part-th of `parts` shares of `out`.

    x: (N, C, H, W)   w: (K, C, kh, kw)   bias: (K,)   out: (N, K, Ho, Wo), after pooling where the window's pool is 2
    window: a tuple, as in `Window`   low: as in `Bank`
    """
    stride, top, left, pool = Window(*window)
    images, channels, height, width = x.shape
    filters, _, kh, kw = w.shape
    ho, wo = out.shape[2] * pool, out.shape[3] * pool
    taps, wide = channels * kh * kw, lanes(pointer(x))
    pitch = wo + (kw - 1) // stride
    below = (kh - 1) // stride
    rows = max(4, STRIP_BYTES // x.itemsize // (channels * stride * stride * pitch) - below)
    strips = (ho + rows - 1) // rows
    if images % parts != 0:
        strips = (strips + parts - 1) // parts * parts
    # Strips of much the same height; of even height where rows are pooled in pairs.
    rows = ((ho + strips - 1) // strips + pool - 1) // pool * pool
    strips = (ho + rows - 1) // rows
    piece = min(rows, max(pool, PIECE_BYTES // x.itemsize // _MOST // pitch // pool * pool))

    planes = channels * stride * stride * (rows + below) * pitch
    most = ((piece - 1) * max(pitch, width) + wo + wide - 1) // wide * wide
    # Tiles read beyond the last row, at most as far as a vector and a kernel's width reach.
    scratch = np.empty(filters * taps + planes + 2 * wide + kw + _MOST * most + 2 * wide, x.dtype)
    tables = np.empty(2 * taps, np.int64)
    packed = pointer(scratch)
    copied = at(packed, filters * taps)
    sums = at(copied, planes + 2 * wide + kw)
    in_place, in_copy = pointer(tables), at(pointer(tables), taps)
    pack_weights(pointer(w), filters, taps, _block, packed)
    # Nothing has to be copied where the image is looked at as it lies.
    as_it_lies = stride == 1 and top == 0 and left == 0 and ho + kh - 1 <= height and wo + kw - 1 <= width
    tap_table(in_place, channels, kh, kw, np.int64(1), height, width)
    tap_table(in_copy, channels, kh, kw, stride, rows + below, pitch)

    frame = Frame(top, left, rows + below, pitch)
    units = images * strips
    plane = out.shape[2] * out.shape[3]
    for unit in range(units * part // parts, units * (part + 1) // parts):
        n, y0 = unit // strips, unit % strips * rows
        y1 = min(y0 + rows, ho)
        begin = n * channels * height * width
        reach = begin + ((channels - 1) * height + y1 + kh - 2) * width + kw + wo + wide
        direct = as_it_lies and reach <= x.size
        if direct:
            source, table = Rows(at(pointer(x), begin + y0 * width), width), in_place
        else:
            source, table = Rows(copied, pitch), in_copy
            pack_planes(at(pointer(x), begin), x.shape[1:], frame, y0, stride, copied)
        bank = Bank(packed, filters, taps, table, pointer(bias), low)
        for y in range(y0, y1, piece):
            above = Rows(at(source.first, (y - y0) * source.pitch), source.pitch)
            to = at(pointer(out), n * filters * plane + y // pool * out.shape[3])
            _piece(above, min(piece, y1 - y), wo, bank, pool, sums, to, plane)
    keep(scratch)
    keep(tables)
