"""The reference of the unit `filters`: kernels by formula, and the maps that they make."""

from __future__ import annotations

import math
import operator

import numpy as np
from numpy.typing import NDArray

from solutions.arrays import float_type, ready
from solutions.convolution import conv2d
from solutions.kernels import compiled


def gaussian(size: int, sigma: float) -> NDArray:
    """Return exp(-(dy^2 + dx^2)/(2 sigma^2)) around the middle, divided by its sum: (size, size) float64.

    Raises ValueError unless size is odd and positive and sigma is positive and finite.
    """
    size = operator.index(size)
    if size < 1 or size % 2 == 0:
        raise ValueError(f"only an odd size has a middle, and {size} has none")
    if not (0 < sigma < math.inf):
        raise ValueError(f"sigma must be a positive number, not {sigma}")
    # Divided by sigma first: its square may be too small for a float.
    distance = (np.arange(size) - size // 2) / float(sigma)
    row = np.exp(-(distance**2) / 2)
    row /= row.sum()
    return np.outer(row, row)


def sobel() -> NDArray:
    """Return the two Sobel kernels, (2, 3, 3) float64: brighter to the right, then brighter downwards."""
    right = np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
    return np.stack([right, right.T])


def laplacian() -> NDArray:
    """Return the Laplacian of the four neighbours, (3, 3) float64."""
    return np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])


@compiled()
def _steepness(x, out):
    """Fill `out` with the length of the gradient at each place that has all eight neighbours."""
    for n in range(out.shape[0]):
        for c in range(out.shape[1]):
            for i in range(out.shape[2]):
                above, here, below = x[n, c, i], x[n, c, i + 1], x[n, c, i + 2]
                for j in range(out.shape[3]):
                    right = above[j + 2] - above[j] + 2 * (here[j + 2] - here[j]) + below[j + 2] - below[j]
                    down = below[j] - above[j] + 2 * (below[j + 1] - above[j + 1]) + below[j + 2] - above[j + 2]
                    out[n, c, i, j] = math.sqrt(right * right + down * down)


def edge_strength(images: NDArray) -> NDArray:
    """Return sqrt(gx^2 + gy^2) of both Sobel answers, each channel by itself.

    images: (N, C, H, W), H and W 3 or more
    returns (N, C, H - 2, W - 2), float32 if the images are float32 and otherwise float64. Raises ValueError for other shapes.
    """
    images = np.asarray(images)
    if images.ndim != 4 or min(images.shape[2:]) < 3:
        raise ValueError(f"images are (N, C, H, W) with at least 3 rows and columns, not {images.shape}")
    out = np.empty((*images.shape[:2], images.shape[2] - 2, images.shape[3] - 2))
    _steepness(ready(images, np.float64), out)
    return out.astype(float_type(images))


def feature_maps(images: NDArray, bank: NDArray) -> NDArray:
    """Return the answer of every kernel of a bank to every grey image, with zeros around the image so that its size is kept.

    images: (N, 1, H, W)   bank: (K, kh, kw), kh and kw odd
    returns (N, K, H, W), float32 if both are float32 and otherwise float64. Raises ValueError for other shapes.
    """
    images, bank = np.asarray(images), np.asarray(bank)
    if images.ndim != 4 or images.shape[1] != 1:
        raise ValueError(f"images are (N, 1, H, W), grey, not {images.shape}")
    if bank.ndim != 3 or bank.shape[1] % 2 == 0 or bank.shape[2] % 2 == 0:
        raise ValueError(f"a bank is (K, kh, kw) with odd kh and kw, not {bank.shape}")
    return conv2d(images, bank[:, None], padding=(bank.shape[1] // 2, bank.shape[2] // 2))


def to_display(maps: NDArray) -> NDArray:
    """Return each map stretched to 0..1 by its own smallest and largest number; zeros where a map is constant.

    maps: (N, K, H, W)
    returns (N, K, H, W), float32 if the maps are float32 and otherwise float64. Raises ValueError for other shapes.
    """
    maps = np.asarray(maps)
    if maps.ndim != 4 or 0 in maps.shape[2:]:
        raise ValueError(f"maps are (N, K, H, W), not {maps.shape}")
    wide = maps.astype(np.float64)
    low, high = wide.min(axis=(2, 3), keepdims=True), wide.max(axis=(2, 3), keepdims=True)
    spread = np.where(high > low, high - low, 1.0)
    return ((wide - low) / spread).astype(float_type(maps))
