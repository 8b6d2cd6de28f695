"""The gradient of the weights: for each tap, the sum of all products of a map's gradient with the pixels the tap met.

    dw[k, c, u, v] = sum over n, i, j of  dout[n, k, i, j] * xp[n, c, i*stride + u, j*stride + v]

Both factors are vectors here, and each lane keeps a sum of its own, added up at the very end. Batches have images in lanes; one
image, or few, have positions in lanes. (The gradient of the images is a convolution of its own: see the package.)
"""

from __future__ import annotations

import numpy as np
from numba import njit

from solutions.kernels.caching import compiled
from solutions.kernels.images import frame, to_lanes
from solutions.kernels.layout import ENTRY, INLINE, copy, fill, pack_planes
from solutions.kernels.tile import GRADIENTS, covering
from solutions.kernels.vector import at, keep, lanes, load, pointer, store, vadd, vload, vstore, vsum

_block, _cover = covering(GRADIENTS)


@njit(**INLINE)
def _add(x, rows, pitch, unit, split, channels, kh, kw, table, steps, dout, gap, filters, sums):  # type: ignore[no-untyped-def]
    """Add the products of all steps to the sums of every filter and tap.

    Step t takes the vector at dout + t*L + k*gap and, for tap (c, u, v), the one at x + table[t] + the place of the tap. Taps
    that lie `split` apart in a row of the kernel lie side by side in x, `unit` numbers apart: they share a tile, and their
    sums lie together.
    """
    wide, taps = lanes(x), channels * kh * kw
    zero = load(x, 0)
    k = 0
    while k < filters:
        m = _block(filters - k)
        done = 0
        for c in range(channels):
            for u in range(kh):
                for v in range(min(split, kw)):
                    n = (kw - v + split - 1) // split
                    plane = (c * split + u % split) * split + v
                    place = (plane * rows + u // split) * pitch * unit
                    to = at(sums, (k * taps + done) * wide)
                    _cover(m, n, at(x, place), unit, table, steps, at(dout, k * gap), gap, x, zero, to, taps * wide)
                    done += n
        k += m


@njit(**INLINE)
def _add_biases(dout, gap, steps, filters, sums):  # type: ignore[no-untyped-def]
    """Add all gradients of a map to the sum of its filter."""
    for k in range(filters):
        total = vload(sums, k * lanes(dout))
        for t in range(steps):
            total = vadd(total, vload(dout, k * gap + t * lanes(dout)))
        vstore(sums, k * lanes(dout), total)


@compiled(**ENTRY)
def weight_gradients(x, dout, dw, db, stride, top, left, in_lanes):  # type: ignore[no-untyped-def]
    """Fill dw (K, C, kh, kw) and db (K,) from x (N, C, H, W) and dout (N, K, Ho, Wo).

    in_lanes: images lie in lanes, and N is a multiple of the lanes; or else positions do. stride, top, left: as in `rows`.
    """
    images, channels, height, width = x.shape
    filters, _, kh, kw = dw.shape
    ho, wo = dout.shape[2:]
    taps, wide = channels * kh * kw, lanes(pointer(x))
    if in_lanes:
        split, rows, pitch, unit = 1, (ho - 1) * stride + kh, (wo - 1) * stride + kw, wide
        steps, group = ho * wo, wide
        gap = ho * wo * wide
    else:
        split, rows, pitch, unit = stride, ho + (kh - 1) // stride, wo + (kw - 1) // stride, 1
        steps, group = ((ho - 1) * pitch + wo + wide - 1) // wide, 1
        gap = steps * wide
    planes = channels * split * split * rows * pitch * unit
    loaded = channels * height * width * wide if in_lanes else 0
    scratch = np.empty(filters * (taps + 1) * wide + planes + wide + kw + loaded + filters * gap, x.dtype)
    tables = np.empty(steps, np.int64)
    sums, table = pointer(scratch), pointer(tables)
    framed = at(sums, filters * (taps + 1) * wide)
    whole = top == 0 and left == 0 and rows == height and pitch == width
    landed = at(framed, planes + wide + kw)
    maps = at(landed, loaded)
    # Positions beyond the end of a row take part with a gradient of 0, and so must not meet rubbish: 0 * NaN is NaN.
    fill(sums, filters * (taps + 1) * wide + planes + wide + kw + loaded + filters * gap, 0.0)
    for t in range(steps):
        store(table, t, (t // wo * stride * pitch + t % wo * stride) * wide if in_lanes else t * wide)
    for n in range(0, images, group):
        image, gradient = at(pointer(x), n * channels * height * width), at(pointer(dout), n * filters * ho * wo)
        if in_lanes:
            to_lanes(framed if whole else landed, wide, image, channels * height * width)
            if not whole:
                frame(framed, landed, channels, height, width, top, left, rows, pitch)
            to_lanes(maps, wide, gradient, filters * ho * wo)
        else:
            zero = np.int64(0)
            pack_planes(image, channels, height, width, zero, top, left, stride, framed, rows, pitch)
            for k in range(filters):
                for y in range(ho):
                    copy(at(maps, k * gap + y * pitch), at(gradient, (k * ho + y) * wo), wo)
        _add(framed, rows, pitch, unit, split, channels, kh, kw, table, steps, maps, gap, filters, sums)
        _add_biases(maps, gap, steps, filters, at(sums, filters * taps * wide))
    done = 0
    for row in range(filters * channels * kh):
        for first in range(min(split, kw)):
            for v in range(first, kw, split):
                store(pointer(dw), row * kw + v, vsum(vload(sums, done * wide)))
                done += 1
    for k in range(filters):
        db[k] = vsum(vload(sums, (done + k) * wide))
    keep(scratch)
    keep(tables)
