"""The reference of the unit `pooling`: one number for each window of a map."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solutions import kernels
from solutions.arrays import Pair, as_pair, float_type, ready
from solutions.kernels import compiled


@compiled()
def _largest(x, kh, kw, sh, sw, ph, pw, out):
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
def _mean(x, kh, kw, sh, sw, ph, pw, out):
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


class Windows(NamedTuple):
    """The windows of a pooling: kernel, stride and padding, of rows and of columns."""

    kh: int
    kw: int
    sh: int
    sw: int
    ph: int
    pw: int


HALVES = Windows(2, 2, 2, 2, 0, 0)
"""2x2 windows side by side, which the fast kernels serve."""


def windows_of(kernel_size: Pair, stride: Pair | None, padding: Pair) -> Windows:
    """Return the windows. Raises ValueError for what no pooling has."""
    windows = Windows(*as_pair(kernel_size), *as_pair(kernel_size if stride is None else stride), *as_pair(padding))
    kh, kw, sh, sw, ph, pw = windows
    if min(kh, kw, sh, sw) < 1:
        raise ValueError(f"kernel and stride must be 1 or more, not {kernel_size} and {stride}")
    if min(ph, pw) < 0 or 2 * ph > kh or 2 * pw > kw:
        raise ValueError(f"the padding must be from 0 to half the kernel, not {padding} for a kernel of {kernel_size}")
    return windows


def _check_images(shape: tuple[int, ...]) -> None:
    if len(shape) != 4 or 0 in shape[2:]:
        raise ValueError(f"images are (N, C, H, W) with rows and columns, not {shape}")


def pooled_shape(shape: tuple[int, ...], windows: Windows) -> tuple[int, int, int, int]:
    """Return the shape of the pooled maps, (N, C, Ho, Wo), of images of this shape. Raises ValueError if no window fits."""
    _check_images(shape)
    kh, kw, sh, sw, ph, pw = windows
    height, width = shape[2] + 2 * ph, shape[3] + 2 * pw
    if kh > height or kw > width:
        raise ValueError(f"a kernel of {kh}x{kw} does not fit into a padded image of {height}x{width}")
    return shape[0], shape[1], (height - kh) // sh + 1, (width - kw) // sw + 1


Halving = tuple[str, Callable[[NDArray], NDArray]]
"""What pools 2x2 windows fast, after the name of the kernel in it."""


def _pool(x: NDArray, windows: Windows, kernel: Callable[..., None], fast: Halving | None = None) -> NDArray:
    """Check the images and pool them with `kernel`, or with what is fast where that serves."""
    x = np.asarray(x)
    shape, x = pooled_shape(x.shape, windows), ready(x, float_type(x))
    if fast and windows == HALVES and kernels.serve_windows(fast[0], x):
        return fast[1](x)
    out = np.empty(shape, x.dtype)
    kernel(x, *windows, out)
    return out


def maxpool2d(x: NDArray, kernel_size: Pair, stride: Pair | None = None, padding: Pair = 0) -> NDArray:
    """Return the largest number of every window; the frame never wins, NaN is carried through.

    x: (N, C, H, W)
    returns (N, C, Ho, Wo), Ho = (H + 2*ph - kh)//sh + 1, float32 if x is float32 and otherwise float64.
    Raises ValueError for a kernel or stride below 1, a padding below 0 or above half the kernel, or a kernel that does not fit.
    """
    return _pool(x, windows_of(kernel_size, stride, padding), _largest, ("_maxpool", kernels.maxpool2x2))


def avgpool2d(x: NDArray, kernel_size: Pair, stride: Pair | None = None, padding: Pair = 0) -> NDArray:
    """Return the mean of every window, zeros of the frame included. Shapes, dtypes and errors as in `maxpool2d`."""
    return _pool(x, windows_of(kernel_size, stride, padding), _mean, ("_avgpool", kernels.avgpool2x2))


def global_avgpool2d(x: NDArray) -> NDArray:
    """Return the mean of every map: (N, C, H, W) -> (N, C), float32 if x is float32 and otherwise float64."""
    x = np.asarray(x)
    _check_images(x.shape)
    x = ready(x, float_type(x))
    return x.mean(axis=(2, 3), dtype=np.float64).astype(x.dtype)


def baseline_maxpool2d(x: NDArray, kernel_size: Pair, stride: Pair | None = None, padding: Pair = 0) -> NDArray:
    """Do what `maxpool2d` does, always with the plain kernel: what time budgets are measured against on every machine."""
    return _pool(x, windows_of(kernel_size, stride, padding), _largest)
