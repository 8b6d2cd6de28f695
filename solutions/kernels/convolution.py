"""Convolution, one layer or a chain of them, in the layout that `dispatch` chooses."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solutions.kernels.dispatch import (
    Block,
    chained_by_image,
    convolution_layout,
    pays_for_threads,
    products_of,
    share,
    sizes_of_maps,
)
from solutions.kernels.layouts.by_filter import convolve_by_filter
from solutions.kernels.layouts.by_image import LayerRow, convolve_by_image
from solutions.kernels.layouts.by_position import convolve_by_position

LINE_BYTES, ALIGNED_FROM = 64, 1 << 14
_LOWEST = [{kind: np.dtype(kind).type(low) for kind in "fd"} for low in (-np.inf, 0)]
"""What is smaller than this becomes this: not clipped and clipped, for float32 and float64."""


def empty(shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return an array to be filled, a large one from the beginning of a line of the cache on, as no vector is longer."""
    count = math.prod(shape)
    if count < ALIGNED_FROM:
        return np.empty(shape, dtype)
    room = np.empty(count + LINE_BYTES // dtype.itemsize, dtype)
    skipped = -room.__array_interface__["data"][0] % LINE_BYTES // dtype.itemsize
    return room[skipped : skipped + count].reshape(shape)


def convolve_into(
    out: NDArray[Any], x: NDArray[Any], w: NDArray[Any], b: NDArray[Any], window: tuple[int, int, int, int], clipped: bool,
    threads: int,
) -> None:  # fmt: skip
    """Fill `out`. window: stride, top, left and pool, as in `layouts.geometry.Window`."""
    # Where there is little to compute, every line here counts as much as the kernel. A plain tuple stands for the window: numba
    # takes a microsecond to recognise a named one.
    kernel: Callable[..., None] = convolve_by_position
    pool, low = window[3], _LOWEST[clipped][x.dtype.char]
    arguments: tuple[Any, ...] = x, w, b, out, window, low
    layout = convolution_layout(x, out.shape, pool)
    if layout == "by image":
        (k, c, kh, kw), (ho, wo) = w.shape, out.shape[2:]
        layers = np.array([LayerRow(0, c, kh, kw, *window, ho, wo, k)])
        kernel, arguments = convolve_by_image, (x, layers, np.concatenate([w.ravel(), b]), out, low)
    elif layout == "by filter":
        kernel = convolve_by_filter
    if threads == 1 or not pays_for_threads(out.size * pool * pool * w[0].size):
        kernel(*arguments, 0, 1)
    else:
        share(threads, kernel, *arguments)


def conv2d(
    x: NDArray[Any], w: NDArray[Any], b: NDArray[Any] | None = None, stride: int = 1, padding: int | tuple[int, int] = 0,
    *, relu: bool = False, pool: bool = False, threads: int = 1,
) -> NDArray[Any]:  # fmt: skip
    """Convolve, and if asked clip what is negative and take the largest of each 2x2 window.

    x: (N, C, H, W)   w: (K, C, kh, kw)   b: (K,) or None   threads: used where the work is large enough for several
    padding: one number, or one for rows and one for columns
    returns (N, K, Ho, Wo), Ho = (H + 2*padding - kh)//stride + 1, or half of it where pooled.
    """
    n, _, height, width = x.shape
    k, _, kh, kw = w.shape
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    ho, wo = (height + 2 * ph - kh) // stride + 1, (width + 2 * pw - kw) // stride + 1
    out = empty((n, k, ho // 2, wo // 2) if pool else (n, k, ho, wo), x.dtype)
    b = np.zeros(k, x.dtype) if b is None else b
    convolve_into(out, x, w, b, (stride, ph, pw, 2 if pool else 1), relu, threads)
    return out


def hierarchy(x: NDArray[Any], layers: Sequence[Block], threads: int = 1) -> NDArray[Any]:
    """Return the maps after the last block: each convolves with stride 1, clips and pools. x: (N, C, H, W)."""
    if not chained_by_image(x):
        for w, b, padding, pool in layers:
            x = conv2d(x, w, b, 1, padding, relu=True, pool=pool == 2, threads=threads)
        return x
    table, begin, height, width = [], 0, *x.shape[2:]
    for (w, _, padding, pool), (ho, wo) in zip(layers, sizes_of_maps(x, layers), strict=True):
        (k, c, kh, kw), height, width = w.shape, ho // pool, wo // pool
        table.append(LayerRow(begin, c, kh, kw, 1, padding, padding, pool, height, width, k))
        begin += w.size + k
    parameters = np.concatenate([part.ravel() for w, b, _, _ in layers for part in (w, b)])
    out = empty((len(x), len(layers[-1][0]), height, width), x.dtype)
    arguments = x, np.array(table), parameters, out, _LOWEST[True][x.dtype.char]
    if threads == 1 or not pays_for_threads(products_of(x, layers)):
        convolve_by_image(*arguments, 0, 1)
    else:
        share(threads, convolve_by_image, *arguments)
    return out
