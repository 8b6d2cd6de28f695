"""The reference of the unit `hierarchy`: one block, the chain of blocks, and how far each of them sees."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from solutions import kernels
from solutions.arrays import Pair, as_pair, float_type, ready
from solutions.convolution import baseline_conv2d, maps_shape, prepared
from solutions.kernels import compiled

Layer = tuple[NDArray, NDArray | None, Pair, int]
"""A block's filters, biases, padding and pooling window."""


@compiled()
def _clip_and_pool(maps, pool, out):
    """Fill `out` with the largest number of each window of `maps`, or 0 where all are negative: ReLU and pooling at once."""
    images, channels, height, width = out.shape
    for n in range(images):
        for c in range(channels):
            for i in range(height):
                for j in range(width):
                    largest = 0.0
                    for u in range(pool):
                        for v in range(pool):
                            value = maps[n, c, i * pool + u, j * pool + v]
                            # NaN is larger than nothing, and nothing is larger than NaN: once met, it stays.
                            if value > largest or np.isnan(value):
                                largest = value
                    out[n, c, i, j] = largest


def relu(x: NDArray) -> NDArray:
    """Set negative numbers to 0 and keep the others, NaN too: float32 if x is float32 and otherwise float64."""
    x = np.asarray(x)
    dtype = float_type(x)
    return kernels.relu(ready(x, dtype)) if kernels.is_large_map(x) else np.maximum(x, 0, dtype=dtype)


def _pooled_shape(shape: tuple[int, int, int, int], pool: int) -> tuple[int, int, int, int]:
    """Return the shape of what pooling makes of maps of this shape. Raises ValueError where the window does not fit."""
    images, filters, height, width = shape
    if pool < 1:
        raise ValueError(f"the pooling window must be 1 or more, not {pool}")
    if pool > min(height, width):
        raise ValueError(f"a pooling window of {pool}x{pool} does not fit into a map of {height}x{width}")
    return images, filters, height // pool, width // pool


def _plain_block(x: NDArray, w: NDArray, b: NDArray | None, padding: Pair, pool: int) -> NDArray:
    """Do what `conv_block` does, always with the plain kernels."""
    x, w, bias, shape = prepared(x, w, b, 1, padding)
    out = np.empty(_pooled_shape(shape, pool), x.dtype)
    _clip_and_pool(baseline_conv2d(x, w, bias, padding=padding), pool, out)
    return out


def conv_block(x: NDArray, w: NDArray, b: NDArray | None = None, padding: Pair = 0, pool: int = 1) -> NDArray:
    """Convolve with stride 1, clip with ReLU, then keep the maximum of each pool x pool window.

    x: (N, C, H, W)   w: (K, C, kh, kw)   b: (K,) or None
    returns (N, K, Ho, Wo), Ho = (H + 2*padding - kh + 1)//pool, float32 if all arrays are float32 and otherwise float64.
    Raises ValueError for arguments that do not fit each other.
    """
    images, filters, biases, shape = prepared(x, w, b, 1, padding)
    _pooled_shape(shape, pool)
    if pool in (1, 2) and kernels.serve_convolution(images, filters, biases, shape, pool):
        return kernels.conv2d(images, filters, biases, 1, as_pair(padding), relu=True, pool=pool == 2)
    return _plain_block(images, filters, biases, padding, pool)


def last_maps(x: NDArray, layers: Sequence[tuple[NDArray, NDArray, Pair, int]]) -> NDArray:
    """Return the maps after the last block, without those in between.

    x: (N, C, H, W)   layers: as in `feature_hierarchy`, with biases and a pool of 1 or 2; all arrays of one dtype, as `x` is
    Raises ValueError where a layer does not fit what it gets.
    """
    shape, dtype = x.shape, float_type(x)
    for w, b, padding, pool in layers:
        shape = _pooled_shape(maps_shape(shape, w, b, 1, padding), pool)
    frames = [as_pair(padding) for _, _, padding, _ in layers]
    # The fast chain has one padding a layer.
    if any(ph != pw for ph, pw in frames):
        return feature_hierarchy(x, layers)[-1]
    x, chain = (
        ready(x, dtype),
        [(ready(w, dtype), ready(b, dtype), ph, pool) for (w, b, _, pool), (ph, _) in zip(layers, frames, strict=True)],
    )
    return kernels.hierarchy(x, chain) if kernels.serve_hierarchy(x, chain) else feature_hierarchy(x, chain)[-1]


def feature_hierarchy(x: NDArray, layers: Sequence[Layer]) -> list[NDArray]:
    """Return the images unchanged and the maps after each block.

    x: (N, C, H, W)   layers: tuples (w, b, padding, pool) as `conv_block` takes them
    Raises ValueError where a layer does not fit its input.
    """
    maps = [np.asarray(x)]
    for w, b, padding, pool in layers:
        maps.append(conv_block(maps[-1], w, b, padding, pool))
    return maps


def receptive_field(layers: Sequence[tuple[int, int]]) -> list[int]:
    """Return the side of the square of pixels that a number sees: in the image, and after each block (kernel, pool).

    Raises ValueError if a kernel or a pool is less than 1.
    """
    sees, step = 1, 1
    fields = [sees]
    for kernel, pool in layers:
        if kernel < 1 or pool < 1:
            raise ValueError(f"a kernel and a pooling window must be 1 or more, not {kernel} and {pool}")
        sees += (kernel - 1) * step + (pool - 1) * step
        step *= pool
        fields.append(sees)
    return fields


def baseline_feature_hierarchy(x: NDArray, layers: Sequence[Layer]) -> list[NDArray]:
    """Do what `feature_hierarchy` does, always with the plain kernels: what time budgets are measured against."""
    maps = [np.asarray(x)]
    for w, b, padding, pool in layers:
        maps.append(_plain_block(maps[-1], w, b, padding, pool))
    return maps
