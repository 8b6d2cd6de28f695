"""The reference of the unit `padding`: a frame around images, and the arithmetic of windows."""

from __future__ import annotations

import operator

import numpy as np
from numpy.typing import NDArray

from solutions import kernels
from solutions.kernels.caching import compiled


@compiled()
def _frame(x, ph, pw, value, out):  # type: ignore[no-untyped-def]
    """Fill `out` with `value` and copy x into its middle."""
    images, channels, height, width = x.shape
    # Number by number: assigning slices runs no faster here and takes several seconds to compile.
    for n in range(images):
        for c in range(channels):
            for i in range(out.shape[2]):
                for j in range(out.shape[3]):
                    out[n, c, i, j] = value
            for i in range(height):
                for j in range(width):
                    out[n, c, i + ph, j + pw] = x[n, c, i, j]


def _pad(x: NDArray, padding: int | tuple[int, int], value: float, frame_large) -> NDArray:  # type: ignore[no-untyped-def]
    """Check the arguments, make the answer, and let a kernel fill it; `frame_large` serves large maps."""
    x = np.asarray(x)
    ph, pw = padding if isinstance(padding, tuple | list) else (padding, padding)
    if x.ndim != 4:
        raise ValueError(f"images are (N, C, H, W), not {x.shape}")
    if ph < 0 or pw < 0:
        raise ValueError(f"the padding must be 0 or more, not {padding}")
    dtype = np.float32 if x.dtype == np.float32 else np.float64
    images, channels, height, width = x.shape
    out = np.empty((images, channels, height + 2 * ph, width + 2 * pw), dtype)
    fill = frame_large if kernels.is_large_map(out) else _frame
    fill(kernels.ready(x, dtype), ph, pw, dtype(value), out)
    return out


def pad2d(x: NDArray, padding: int | tuple[int, int], value: float = 0.0) -> NDArray:
    """Put `padding` rings, or (ph, pw) rows and columns, of `value` around every image.

    x: (N, C, H, W)
    returns (N, C, H + 2*ph, W + 2*pw), float32 if x is float32 and otherwise float64.
    Raises ValueError for a negative padding or an x that does not have four axes.
    """
    return _pad(x, padding, value, kernels.maps.pad)


def output_size(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    """Return the number of places where a window stops along one axis: (size + 2*padding - kernel)//stride + 1.

    Raises ValueError if size, kernel or stride is less than 1, padding is negative, or no window fits.
    """
    size, kernel, stride, padding = map(operator.index, (size, kernel, stride, padding))
    if min(size, kernel, stride) < 1:
        raise ValueError(f"size, kernel and stride must be 1 or more, not {size}, {kernel} and {stride}")
    if padding < 0:
        raise ValueError(f"the padding must be 0 or more, not {padding}")
    if kernel > size + 2 * padding:
        raise ValueError(f"a kernel of {kernel} does not fit into {size + 2 * padding}")
    return (size + 2 * padding - kernel) // stride + 1


def same_padding(kernel: int) -> int:
    """Return the padding that keeps the size at stride 1. Raises ValueError if the kernel is not odd and positive."""
    kernel = operator.index(kernel)
    if kernel < 1 or kernel % 2 == 0:
        raise ValueError(f"only an odd kernel has a middle, and {kernel} has none")
    return (kernel - 1) // 2


def baseline_pad2d(x: NDArray, padding: int | tuple[int, int], value: float = 0.0) -> NDArray:
    """Do what `pad2d` does, always with the plain kernel: what time budgets are measured against on every machine."""
    return _pad(x, padding, value, _frame)
