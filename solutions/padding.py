"""The reference of the unit `padding`: a frame around images, and the arithmetic of windows."""

from __future__ import annotations

import operator

import numpy as np
from numpy.typing import NDArray

from solutions import kernels
from solutions.arrays import Pair, as_pair, float_type, ready
from solutions.kernels import compiled


@compiled()
def _frame(x, ph, pw, value, out):
    """Fill `out` with `value` and lay x into its middle."""
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


def _prepared(x: NDArray, padding: Pair) -> tuple[NDArray, int, int]:
    """Check the arguments; return the images in the answer's dtype, fit for kernels, and the rows and columns of the frame."""
    x, (ph, pw) = np.asarray(x), as_pair(padding)
    if x.ndim != 4:
        raise ValueError(f"images are (N, C, H, W), not {x.shape}")
    if ph < 0 or pw < 0:
        raise ValueError(f"the padding must be 0 or more, not {padding}")
    return ready(x, float_type(x)), ph, pw


def _plain(x: NDArray, ph: int, pw: int, value: float) -> NDArray:
    """Pad with the plain kernel."""
    images, channels, height, width = x.shape
    out = np.empty((images, channels, height + 2 * ph, width + 2 * pw), x.dtype)
    _frame(x, ph, pw, x.dtype.type(value), out)
    return out


def pad2d(x: NDArray, padding: Pair, value: float = 0.0) -> NDArray:
    """Put `padding` rings, or (ph, pw) rows and columns, of `value` around every image.

    x: (N, C, H, W)
    returns (N, C, H + 2*ph, W + 2*pw), float32 if x is float32 and otherwise float64.
    Raises ValueError for a negative padding or an x that does not have four axes.
    """
    x, ph, pw = _prepared(x, padding)
    frame = kernels.pad2d if kernels.serve_windows("_pad", x) else _plain
    return frame(x, ph, pw, value)


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


def baseline_pad2d(x: NDArray, padding: Pair, value: float = 0.0) -> NDArray:
    """Do what `pad2d` does, always with the plain kernel: what time budgets are measured against on every machine."""
    return _plain(*_prepared(x, padding), value)
