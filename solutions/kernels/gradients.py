"""The gradients of a convolution.

The gradient of the images is a convolution again, of `dout` with the kernel turned around. That of the weights is, for each
tap, the sum of all products of a map's gradient with the pixels that the tap met:

    dw[k, c, u, v] = sum over n, i, j of  dout[n, k, i, j] * xp[n, c, i*stride + u, j*stride + v]

Where there are many channels, they lie in lanes: `layouts.by_channel`. Here both factors are vectors, and each lane keeps a sum
of its own, added up at the very end. Batches have images in lanes; one image, or few, have positions in lanes.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from solutions.kernels import dispatch
from solutions.kernels.cache import ENTRY, HELPER, INLINE, compiled
from solutions.kernels.convolution import convolve_into, empty
from solutions.kernels.layouts.by_channel import weight_gradients_by_channel
from solutions.kernels.simd.packing import Frame, copy, fill, pack_lanes, pack_planes, to_lanes
from solutions.kernels.simd.tile import GRADIENTS, Operands, covering
from solutions.kernels.simd.vector import (
    aligned,
    at,
    keep,
    lanes,
    load,
    pointer,
    store,
    vadd,
    vload,
    vsplat,
    vstore,
    vstore_part,
    vsum,
)

_block, _cover = covering(GRADIENTS)
STEPS = 64
"""So many steps are added up for all taps before the next ones are: what a block of filters reads of `dout` stays in L1."""
STRIP_BYTES = 1 << 18
"""What is copied of `dout` at a time where positions lie in lanes: it stays in the second-level cache."""


class _Planes(NamedTuple):
    """Images as `_add` reads them: planes of `rows` x `pitch` units of `unit` numbers, from `first` on.

    split: into how many phases rows and columns were taken apart
    """

    first: Any
    rows: Any
    pitch: Any
    unit: Any
    split: Any


@njit(**INLINE)
def _add(x, shape, table, steps, dout, gap, sums):
    """Add the products of all steps to the sums of every filter and tap; `shape` is that of the weights.

    Step t takes the vector at dout + t*L + k*gap and, for tap (c, u, v), the one at x + table[t] + the place of the tap. Taps
    that lie `x.split` apart in a row of the kernel lie side by side in x, `x.unit` numbers apart: they share a tile, and their
    sums lie together.
    """
    (filters, channels, kh, kw), split, unit = shape, x.split, x.unit
    wide, taps = lanes(sums), channels * kh * kw
    zero = load(x.first, 0)
    k = 0
    while k < filters:
        m = _block(filters - k)
        for t in range(0, steps, STEPS):
            most, places, gradients, done = min(STEPS, steps - t), at(table, t), at(dout, k * gap + t * wide), 0
            for c in range(channels):
                for u in range(kh):
                    for v in range(min(split, kw)):
                        n = (kw - v + split - 1) // split
                        plane = (c * split + u % split) * split + v
                        first = at(x.first, (plane * x.rows + u // split) * x.pitch * unit)
                        to = at(sums, (k * taps + done) * wide)
                        # What is summed is added to what was there: no bias and no limit is looked at.
                        _cover(m, n, Operands(first, unit, places, most, gradients, gap, first, zero, to, taps * wide))
                        done += n
        k += m


@njit(**INLINE)
def _add_biases(dout, gap, steps, filters, sums):
    """Add all gradients of a map to the sum of its filter."""
    for k in range(filters):
        total = vload(sums, k * lanes(dout))
        for begin in range(0, steps, STEPS):
            # As in the tiles: few numbers are summed at a time, so that rounding takes little.
            few = vsplat(dout, 0.0)
            for t in range(begin, min(begin + STEPS, steps)):
                few = vadd(few, vload(dout, k * gap + t * lanes(dout)))
            total = vadd(total, few)
        vstore(sums, k * lanes(dout), total)


@njit(**HELPER)
def _rows_of_maps(maps, gap, gradient, shape, rows, pitch):
    """Lay the first `rows` rows of each map of shape (filters, ho, wo) out, `pitch` numbers apart, and 0 after the last.

    Returns the vectors that they take of each map.
    """
    filters, ho, wo = shape
    end = (rows - 1) * pitch + wo
    vectors = (end + lanes(maps) - 1) // lanes(maps)
    for k in range(filters):
        for y in range(rows):
            copy(at(maps, k * gap + y * pitch), at(gradient, (k * ho + y) * wo), wo)
        fill(at(maps, k * gap + end), vectors * lanes(maps) - end, 0.0)
    return vectors


@compiled(**ENTRY)
def _weight_gradients(x, dout, dw, db, stride, top, left, in_lanes):
    """Fill dw (K, C, kh, kw) and db (K,) from x (N, C, H, W) and dout (N, K, Ho, Wo).

    in_lanes: images lie in lanes, of which N fill all or more; or else positions do   stride, top, left: as in `Window`
    """
    images, channels, height, width = x.shape
    filters, _, kh, kw = dw.shape
    ho, wo = dout.shape[2:]
    taps, wide = channels * kh * kw, lanes(pointer(x))
    if in_lanes:
        split, rows, pitch, unit = 1, (ho - 1) * stride + kh, (wo - 1) * stride + kw, wide
        steps, group, strip = ho * wo, wide, ho
    else:
        pitch = wo + (kw - 1) // stride
        strips = max(1, min(ho, filters * ho * pitch * x.itemsize // STRIP_BYTES))
        strip = (ho + strips - 1) // strips
        split, rows, unit = stride, strip + (kh - 1) // stride, 1
        steps, group = ((strip - 1) * pitch + wo + wide - 1) // wide, 1
    gap = steps * wide
    planes = channels * split * split * rows * pitch * unit
    loaded = channels * height * width * wide if in_lanes else 0
    scratch = np.empty(filters * (taps + 1) * wide + planes + 2 * wide + kw + loaded + filters * gap, x.dtype)
    tables = np.empty(steps, np.int64)
    sums, table = aligned(scratch), pointer(tables)
    maps = at(sums, filters * (taps + 1) * wide)
    landed = at(maps, filters * gap)
    framed = at(landed, loaded)
    whole = top == 0 and left == 0 and rows == height and pitch == width
    planes_of_x, frame = _Planes(framed, rows, pitch, unit, split), Frame(top, left, rows, pitch)
    # Positions beyond the end of a row take part with a gradient of 0, and so must not meet rubbish: 0 * NaN is NaN.
    fill(sums, filters * (taps + 1) * wide + (0 if in_lanes else filters * gap), 0.0)
    fill(at(framed, planes), wide + kw, 0.0)
    for t in range(steps):
        store(table, t, (t // wo * stride * pitch + t % wo * stride) * wide if in_lanes else t * wide)
    for begin in range(0, images, group):
        # A last group that is not full begins earlier: its first images have been added up, and take part with gradients of 0.
        n = min(begin, images - group)
        image, gradient = at(pointer(x), n * channels * height * width), at(pointer(dout), n * filters * ho * wo)
        for y in range(0, ho, strip):
            if in_lanes:
                to_lanes(framed if whole else landed, wide, image, channels * height * width)
                if not whole:
                    pack_lanes(framed, landed, x.shape[1:], frame)
                to_lanes(maps, wide, gradient, filters * ho * wo)
                if n < begin:
                    for i in range(filters * ho * wo):
                        vstore_part(maps, i * wide, vsplat(maps, 0.0), begin - n)
                vectors = steps
            else:
                pack_planes(image, x.shape[1:], frame, y, stride, framed)
                vectors = _rows_of_maps(maps, gap, at(gradient, y * wo), (filters, ho, wo), min(strip, ho - y), pitch)
            _add(planes_of_x, dw.shape, table, vectors, maps, gap, sums)
            _add_biases(maps, gap, vectors, filters, at(sums, filters * taps * wide))
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


def _image_gradients(dout: NDArray[Any], w: NDArray[Any], dx: NDArray[Any], stride: int, padding: int, threads: int) -> None:
    """Fill dx (N, C, H, W), which holds 0 where a stride may leave pixels out.

    Pixels that lie a stride apart meet the same taps: for each phase, a convolution of dout with the kernel turned around.
    """
    no_bias, (kh, kw) = np.zeros(dx.shape[1], dx.dtype), w.shape[2:]
    for u in range(min(stride, kh)):
        for v in range(min(stride, kw)):
            first, second = (u - padding) % stride, (v - padding) % stride
            turned = np.ascontiguousarray(w[:, :, u::stride, v::stride].transpose(1, 0, 2, 3)[:, :, ::-1, ::-1])
            phase = dx[:, :, first::stride, second::stride]
            if not phase.size:
                continue
            # The pixel `first` lies (first + padding - u) / stride windows after the one that begins with its phase.
            top = turned.shape[2] - 1 - (first + padding - u) // stride
            left = turned.shape[3] - 1 - (second + padding - v) // stride
            part = dx if stride == 1 else np.empty(phase.shape, dx.dtype)
            convolve_into(part, dout, turned, no_bias, (1, top, left, 1), False, threads)
            if stride > 1:
                phase[...] = part


def conv2d_backward(
    dout: NDArray[Any], x: NDArray[Any], w: NDArray[Any], stride: int = 1, padding: int = 0, threads: int = 1
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return the gradients dx, dw, db of a loss whose gradient with respect to conv2d(x, w, b, stride, padding) is `dout`."""
    # With a stride some pixels may meet no tap at all.
    dx = empty(x.shape, x.dtype) if stride == 1 else np.zeros_like(x)
    dw, db = np.empty_like(w), np.empty(len(w), x.dtype)
    _image_gradients(dout, w, dx, stride, padding, threads)
    if x.shape[1] >= dispatch.lanes_of(x.dtype):
        weight_gradients_by_channel(x, dout, dw, db, stride, padding, padding)
        return dx, dw, db
    in_lanes = dispatch.gradients_by_image(x)
    lacking = dispatch.lanes_of(x.dtype) - len(x) if in_lanes else 0
    if lacking > 0:
        x, dout = (np.concatenate([a, np.zeros((lacking, *a.shape[1:]), a.dtype)]) for a in (x, dout))
    _weight_gradients(x, dout, dw, db, stride, padding, padding, in_lanes)
    return dx, dw, db
