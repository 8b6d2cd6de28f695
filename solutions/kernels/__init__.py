"""The reference at the speed of the machine: convolution, pooling and their gradients, in numba and nothing else.

Every function takes C-contiguous arrays of one dtype, float32 or float64, that fit each other (the solutions check their
arguments, this package does not), and answers in that dtype. Sums are taken in it too, each of its own products alone: the
error of every number stays below 50 eps of the sum of its absolute products. (Winograd's algorithm multiplies less and is not
here: where an edge is near, its error on the dark side is that of the bright one.)

    conv2d, hierarchy      choose a layout:  rows     positions in lanes, for images of any size
                                             images   images in lanes, for batches of small images
                                             filters  filters in lanes, for a few small images and many filters
    conv2d_backward        gradients.py for the weights; the images' gradient is a convolution again
    relu, pad2d, ...       maps.py

What they share: `tile.py`, the loop in which all time is spent; `vector.py`, SIMD vectors as values of numba; `target.py`, what
the processor offers; `layout.py`, copies; `caching.py`, compiled code that is never stale. Nothing is compiled before it is
called. One thread does the work unless `threads` says otherwise: grading runs students side by side.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solutions.kernels import filters, gradients, images, maps, rows
from solutions.kernels.target import TARGET

LARGE_WORK = 1 << 23
"""From so many multiplications on the solutions hand their work over: the plain kernel takes over a millisecond for them."""
LARGE_MAP = 1 << 20
"""From so many numbers on they do so for what only moves and compares."""
Layer = tuple[NDArray[Any], NDArray[Any], int, int]
"""Weights (K, C, kh, kw), biases (K,), padding, and the side of the pooling window: 1 or 2."""
LARGE_SHARES = 1 << 28
"""From so many multiplications on a second thread pays for its start, which takes a millisecond."""
LINE_BYTES, ALIGNED_FROM = 64, 1 << 14
BATCH_BYTES = 1 << 20
"""The most that a group of images may take to be worked on side by side: what the second-level cache holds."""


def ready(x: NDArray[Any], dtype: type) -> NDArray[Any]:
    """Return x as kernels take it, a copy if need be: each kind of array costs a compilation, a read-only one too."""
    return x if x.dtype == dtype and x.flags.c_contiguous and x.flags.writeable else np.array(x, dtype, order="C")


def is_large_map(x: NDArray[Any]) -> bool:
    """Say whether a map is worth the kernels here."""
    return x.size >= LARGE_MAP


def _largest(x: NDArray[Any]) -> float:
    return float(max(x.max(), -x.min()))


def serve_convolution(x: NDArray[Any], w: NDArray[Any], b: NDArray[Any], stride: int, padding: int) -> bool:
    """Say whether `conv2d` should serve: the work is large, and no sum can overflow that would not in a wider type.

    Numbers that are not finite are left to the plain kernel as well.
    """
    ho, wo = ((x.shape[axis] + 2 * padding - w.shape[axis]) // stride + 1 for axis in (2, 3))
    if len(x) * ho * wo * w.size < LARGE_WORK:
        return False
    return w[0].size * _largest(x) * _largest(w) + _largest(b) < float(np.finfo(x.dtype).max)


def serve_gradients(dout: NDArray[Any], x: NDArray[Any], w: NDArray[Any]) -> bool:
    """Say whether `conv2d_backward` should serve, as `serve_convolution` does for `conv2d`."""
    if dout[:, 0].size * w.size < LARGE_WORK:
        return False
    sums = dout.size * (1 + _largest(x)) + w.size * _largest(w)
    return _largest(dout) * sums < float(np.finfo(x.dtype).max)


_FLOORS = [{kind: np.dtype(kind).type(floor) for kind in "fd"} for floor in (-np.inf, 0)]
"""What is smaller than this becomes this: not clipped and clipped, for float32 and float64."""
_LANES = {kind: TARGET.vector_bytes // np.dtype(kind).itemsize for kind in "fd"}


def _share(threads: int, kernel: Callable[..., Any], *arguments: Any) -> None:
    """Run a kernel, whose last arguments are which of how many shares to do, on so many threads."""
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(kernel, *arguments, part, threads) for part in range(threads)]:
            done.result()


def _empty(shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return an array to be filled, a large one from the beginning of a line of the cache on, as no vector is longer."""
    count = math.prod(shape)
    if count < ALIGNED_FROM:
        return np.empty(shape, dtype)
    room = np.empty(count + LINE_BYTES // dtype.itemsize, dtype)
    skipped = -room.__array_interface__["data"][0] % LINE_BYTES // dtype.itemsize
    return room[skipped : skipped + count].reshape(shape)


def _convolve(
    x: NDArray[Any], w: NDArray[Any], b: NDArray[Any], stride: int, top: int, left: int, out: NDArray[Any], clipped: bool,
    side: int, threads: int,
) -> None:  # fmt: skip
    """Fill `out` in the layout that suits the shapes. Arguments as the kernels take them."""
    # Where there is little to compute, every line here counts as much as the kernel.
    kind = x.dtype.char
    low, wide, (n, k, ho, wo) = _FLOORS[clipped][kind], _LANES[kind], out.shape
    arguments: tuple[Any, ...] = x, w, b, out, stride, top, left, low, side
    kernel = rows.convolve_rows
    if n >= wide:
        if wo * side < 4 * wide and max(x.size, out.size * side * side) // n * TARGET.vector_bytes <= BATCH_BYTES:
            layer = np.array([[0, *w.shape[1:], stride, top, left, side, ho, wo, k]])
            kernel, arguments = images.convolve_images, (x, layer, np.concatenate([w.ravel(), b]), out, low)
    elif k % wide == 0 and wo * side <= wide:
        kernel = filters.convolve_filters
    if threads == 1 or out.size * side * side * w[0].size < LARGE_SHARES:
        kernel(*arguments, 0, 1)
    else:
        _share(threads, kernel, *arguments)


def conv2d(
    x: NDArray[Any], w: NDArray[Any], b: NDArray[Any] | None = None, stride: int = 1, padding: int = 0,
    *, relu: bool = False, pool: bool = False, threads: int = 1,
) -> NDArray[Any]:  # fmt: skip
    """Convolve, and if asked clip what is negative and take the largest of each 2x2 window.

    x: (N, C, H, W)   w: (K, C, kh, kw)   b: (K,) or None   threads: used where the work is large enough for several
    returns (N, K, Ho, Wo), Ho = (H + 2*padding - kh)//stride + 1, or half of it where pooled.
    """
    n, _, height, width = x.shape
    k, _, kh, kw = w.shape
    ho, wo = (height + 2 * padding - kh) // stride + 1, (width + 2 * padding - kw) // stride + 1
    out = _empty((n, k, ho // 2, wo // 2) if pool else (n, k, ho, wo), x.dtype)
    b = np.zeros(k, x.dtype) if b is None else b
    _convolve(x, w, b, stride, padding, padding, out, relu, 2 if pool else 1, threads)
    return out


def hierarchy(x: NDArray[Any], layers: Sequence[Layer], threads: int = 1) -> NDArray[Any]:
    """Return the maps after the last block: each convolves with stride 1, clips and pools. x: (N, C, H, W)."""
    if len(x) < _LANES[x.dtype.char] or x[0].size * TARGET.vector_bytes > BATCH_BYTES:
        for w, b, padding, pool in layers:
            x = conv2d(x, w, b, 1, padding, relu=True, pool=pool == 2, threads=threads)
        return x
    table, begin, products, (height, width) = [], 0, 0, x.shape[2:]
    for w, _, padding, pool in layers:
        k, c, kh, kw = w.shape
        height, width = height + 2 * padding - kh + 1, width + 2 * padding - kw + 1
        products += len(x) * height * width * w.size
        height, width = height // pool, width // pool
        table.append([begin, c, kh, kw, 1, padding, padding, pool, height, width, k])
        begin += w.size + k
    parameters = np.concatenate([part.ravel() for w, b, _, _ in layers for part in (w, b)])
    out = _empty((len(x), len(layers[-1][0]), height, width), x.dtype)
    arguments = x, np.array(table), parameters, out, _FLOORS[True][x.dtype.char]
    if threads == 1 or products < LARGE_SHARES:
        images.convolve_images(*arguments, 0, 1)
    else:
        _share(threads, images.convolve_images, *arguments)
    return out


def conv2d_backward(
    dout: NDArray[Any], x: NDArray[Any], w: NDArray[Any], stride: int = 1, padding: int = 0, threads: int = 1
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return the gradients dx, dw, db of a loss whose gradient with respect to conv2d(x, w, b, stride, padding) is `dout`."""
    k, _, kh, kw = w.shape
    # With a stride some pixels may meet no tap at all.
    dx = _empty(x.shape, x.dtype) if stride == 1 else np.zeros_like(x)
    dw, db = np.empty_like(w), np.empty(k, x.dtype)
    no_bias = np.zeros(x.shape[1], x.dtype)
    # Pixels that lie a stride apart meet the same taps: for each phase, a convolution of dout with the kernel turned around.
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
            part = dx if stride == 1 else np.empty(phase.shape, x.dtype)
            _convolve(dout, turned, no_bias, 1, top, left, part, False, 1, threads)
            if stride > 1:
                phase[...] = part
    wide = _LANES[x.dtype.char]
    in_lanes = len(x) >= wide // 2
    lacking = -len(x) % wide if in_lanes else 0
    if lacking:
        x, dout = (np.concatenate([a, np.zeros((lacking, *a.shape[1:]), a.dtype)]) for a in (x, dout))
    gradients.weight_gradients(x, dout, dw, db, stride, padding, padding, in_lanes)
    return dx, dw, db


def relu(x: NDArray[Any]) -> NDArray[Any]:
    """Set what is negative to 0."""
    out = np.empty_like(x)
    maps.relu(x, out)
    return out


def relu_backward(dout: NDArray[Any], x: NDArray[Any]) -> NDArray[Any]:
    """Return the gradient of `relu` at x."""
    dx = np.empty_like(x)
    maps.relu_back(dout, x, dx)
    return dx


def pad2d(x: NDArray[Any], padding: int, value: float = 0.0) -> NDArray[Any]:
    """Put `padding` rings of `value` around every image."""
    n, c, h, w = x.shape
    out = np.empty((n, c, h + 2 * padding, w + 2 * padding), x.dtype)
    maps.pad(x, padding, padding, value, out)
    return out


def pad2d_backward(dout: NDArray[Any], padding: int) -> NDArray[Any]:
    """Return the gradient of `pad2d`: the middle of dout."""
    n, c, h, w = dout.shape
    dx = np.empty((n, c, h - 2 * padding, w - 2 * padding), dout.dtype)
    maps.crop(dout, padding, padding, dx)
    return dx


def maxpool2x2(x: NDArray[Any]) -> NDArray[Any]:
    """Return the largest of each 2x2 window: (N, C, H, W) -> (N, C, H//2, W//2)."""
    out = np.empty((*x.shape[:2], x.shape[2] // 2, x.shape[3] // 2), x.dtype)
    maps.maxpool(x, out)
    return out


def avgpool2x2(x: NDArray[Any]) -> NDArray[Any]:
    """Return the mean of each 2x2 window: (N, C, H, W) -> (N, C, H//2, W//2)."""
    out = np.empty((*x.shape[:2], x.shape[2] // 2, x.shape[3] // 2), x.dtype)
    maps.avgpool(x, out)
    return out


def maxpool2x2_backward(dout: NDArray[Any], x: NDArray[Any]) -> NDArray[Any]:
    """Return the gradient of `maxpool2x2` at x; the first of equal numbers gets it."""
    dx = np.zeros_like(x) if x.shape[2] % 2 or x.shape[3] % 2 else np.empty_like(x)
    maps.maxpool_back(dout, x, dx)
    return dx


def avgpool2x2_backward(dout: NDArray[Any], height: int, width: int) -> NDArray[Any]:
    """Return the gradient of `avgpool2x2` on maps of height x width."""
    make = np.zeros if height % 2 or width % 2 else np.empty
    dx = make((*dout.shape[:2], height, width), dout.dtype)
    maps.avgpool_back(dout, dx)
    return dx
