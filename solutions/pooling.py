"""The reference of the unit `pooling`: one number for each window of a map."""

from __future__ import annotations

import operator

import numpy as np
from numpy.typing import NDArray

from solutions import kernels
from solutions.kernels.caching import compiled

Pair = int | tuple[int, int]


@compiled()
def _largest(x, kh, kw, sh, sw, ph, pw, out):  # type: ignore[no-untyped-def]
    """Fill `out` with the largest number of each window; the frame is left out of the window instead of being filled."""
    images, channels, height, width = x.shape
    for n in range(images):
        for c in range(channels):
            for i in range(out.shape[2]):
                top, bottom = max(i * sh - ph, 0), min(i * sh - ph + kh, height)
                for j in range(out.shape[3]):
                    left, right = max(j * sw - pw, 0), min(j * sw - pw + kw, width)
                    best = x[n, c, top, left]
                    for row in range(top, bottom):
                        for column in range(left, right):
                            number = x[n, c, row, column]
                            # A NaN is larger than everything, and stays.
                            if number > best or number != number:
                                best = number
                    out[n, c, i, j] = best


@compiled()
def _mean(x, kh, kw, sh, sw, ph, pw, out):  # type: ignore[no-untyped-def]
    """Fill `out` with the mean of each window; sums are taken in float64."""
    images, channels, height, width = x.shape
    for n in range(images):
        for c in range(channels):
            for i in range(out.shape[2]):
                top, bottom = max(i * sh - ph, 0), min(i * sh - ph + kh, height)
                for j in range(out.shape[3]):
                    left, right = max(j * sw - pw, 0), min(j * sw - pw + kw, width)
                    total = 0.0
                    for row in range(top, bottom):
                        for column in range(left, right):
                            total += x[n, c, row, column]
                    out[n, c, i, j] = total / (kh * kw)


def _pair(value: Pair) -> tuple[int, int]:
    rows, columns = value if isinstance(value, tuple | list) else (value, value)
    return operator.index(rows), operator.index(columns)


def _as_floats(x: NDArray) -> NDArray:
    """Return x in the dtype of the answer, fit for kernels."""
    if x.ndim != 4 or 0 in x.shape[2:]:
        raise ValueError(f"images are (N, C, H, W) with rows and columns, not {x.shape}")
    dtype = np.float32 if x.dtype == np.float32 else np.float64
    return kernels.ready(x, dtype)


def _pool(x: NDArray, kernel_size: Pair, stride: Pair | None, padding: Pair, kernel, halve=None) -> NDArray:  # type: ignore[no-untyped-def]
    """Check the arguments, make the answer, and let `kernel` fill it, or `halve` for 2x2 windows of large maps."""
    x = _as_floats(np.asarray(x))
    kh, kw = _pair(kernel_size)
    sh, sw = _pair(kernel_size if stride is None else stride)
    ph, pw = _pair(padding)
    if min(kh, kw, sh, sw) < 1:
        raise ValueError(f"kernel and stride must be 1 or more, not {kernel_size} and {stride}")
    if min(ph, pw) < 0 or 2 * ph > kh or 2 * pw > kw:
        raise ValueError(f"the padding must be from 0 to half the kernel, not {padding} for a kernel of {kernel_size}")
    images, channels, height, width = x.shape
    if kh > height + 2 * ph or kw > width + 2 * pw:
        raise ValueError(f"a kernel of {kh}x{kw} does not fit into a padded image of {height + 2 * ph}x{width + 2 * pw}")
    out = np.empty((images, channels, (height + 2 * ph - kh) // sh + 1, (width + 2 * pw - kw) // sw + 1), x.dtype)
    if halve and (kh, kw, sh, sw, ph, pw) == (2, 2, 2, 2, 0, 0) and kernels.is_large_map(x):
        halve(x, out)
    else:
        kernel(x, kh, kw, sh, sw, ph, pw, out)
    return out


def maxpool2d(x: NDArray, kernel_size: Pair, stride: Pair | None = None, padding: Pair = 0) -> NDArray:
    """Return the largest number of every window; the frame never wins, NaN is carried through.

    x: (N, C, H, W)
    returns (N, C, Ho, Wo), Ho = (H + 2*ph - kh)//sh + 1, float32 if x is float32 and otherwise float64.
    Raises ValueError for a kernel or stride below 1, a padding below 0 or above half the kernel, or a kernel that does not fit.
    """
    return _pool(x, kernel_size, stride, padding, _largest, kernels.maps.maxpool)


def avgpool2d(x: NDArray, kernel_size: Pair, stride: Pair | None = None, padding: Pair = 0) -> NDArray:
    """Return the mean of every window, zeros of the frame included. Shapes, dtypes and errors as in `maxpool2d`."""
    return _pool(x, kernel_size, stride, padding, _mean, kernels.maps.avgpool)


def global_avgpool2d(x: NDArray) -> NDArray:
    """Return the mean of every map: (N, C, H, W) -> (N, C), float32 if x is float32 and otherwise float64."""
    x = _as_floats(np.asarray(x))
    return x.mean(axis=(2, 3), dtype=np.float64).astype(x.dtype)


def baseline_maxpool2d(x: NDArray, kernel_size: Pair, stride: Pair | None = None, padding: Pair = 0) -> NDArray:
    """Do what `maxpool2d` does, always with the plain kernel: what time budgets are measured against on every machine."""
    return _pool(x, kernel_size, stride, padding, _largest)
