"""The one decision: whether the kernels serve a call at all, in which layout, and on how many threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from solutions.kernels.simd.target import TARGET

LARGE_WORK = 1 << 23
"""From so many multiplications on the solutions hand their work over: the plain kernel takes over a millisecond for them."""
LARGE_MAP = 1 << 20
"""From so many numbers on they do so for what only moves and compares."""
LARGE_SHARES = 1 << 28
"""From so many multiplications on a second thread pays for its start, which takes a millisecond."""
BATCH_BYTES = 1 << 20
"""The most that a group of images may take to be worked on side by side: what the second-level cache holds."""
Block = tuple[NDArray[Any], NDArray[Any], int, int]
"""Weights (K, C, kh, kw), biases (K,), padding, and the side of the pooling window: 1 or 2."""
Layout = Literal["by position", "by image", "by filter"]
"""Positions in lanes: images of any size. Images in lanes: batches of small ones. Filters: a small image and many filters."""
_LANES = {kind: TARGET.vector_bytes // np.dtype(kind).itemsize for kind in "fd"}


def lanes_of(dtype: np.dtype[Any]) -> int:
    """Return how many numbers a vector holds."""
    return _LANES[dtype.char]


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


def sizes_of_maps(x: NDArray[Any], layers: Sequence[Block]) -> Iterator[tuple[int, int]]:
    """Yield height and width of the maps of each block, before they are pooled."""
    height, width = x.shape[2:]
    for w, _, padding, pool in layers:
        height, width = height + 2 * padding - w.shape[2] + 1, width + 2 * padding - w.shape[3] + 1
        yield height, width
        height, width = height // pool, width // pool


def products_of(x: NDArray[Any], layers: Sequence[Block]) -> int:
    """Return how many multiplications a chain of blocks takes."""
    sizes = sizes_of_maps(x, layers)
    return sum(len(x) * height * width * w.size for (height, width), (w, *_) in zip(sizes, layers, strict=True))


def serve_hierarchy(x: NDArray[Any], layers: Sequence[Block]) -> bool:
    """Say whether `hierarchy` should serve, as `serve_convolution` does for `conv2d`: no sum of any block can overflow."""
    if products_of(x, layers) < LARGE_WORK or not all(w.size for w, *_ in layers):
        return False
    largest, limit = _largest(x), float(np.finfo(x.dtype).max)
    for w, b, _, _ in layers:
        largest = w[0].size * largest * _largest(w) + _largest(b)
        # Written so that a NaN is turned away as well.
        if not largest < limit:
            return False
    return True


def serve_gradients(dout: NDArray[Any], x: NDArray[Any], w: NDArray[Any]) -> bool:
    """Say whether `conv2d_backward` should serve, as `serve_convolution` does for `conv2d`."""
    if dout[:, 0].size * w.size < LARGE_WORK:
        return False
    sums = dout.size * (1 + _largest(x)) + w.size * _largest(w)
    return _largest(dout) * sums < float(np.finfo(x.dtype).max)


def convolution_layout(x: NDArray[Any], out: NDArray[Any], pool: int) -> Layout:
    """Return the layout for images `x` that become maps `out`, pooled or not."""
    # Where there is little to compute, every line here counts as much as the kernel.
    (n, k, _, wo), wide = out.shape, _LANES[x.dtype.char]
    if n >= wide:
        if wo * pool < 4 * wide and max(x.size, out.size * pool * pool) // n * TARGET.vector_bytes <= BATCH_BYTES:
            return "by image"
    elif k % wide == 0 and wo * pool <= wide:
        return "by filter"
    return "by position"


def chained_by_image(x: NDArray[Any]) -> bool:
    """Say whether a whole chain of blocks is done with images in lanes, or block by block."""
    return len(x) >= _LANES[x.dtype.char] and x[0].size * TARGET.vector_bytes <= BATCH_BYTES


def gradients_by_image(x: NDArray[Any]) -> bool:
    """Say whether the gradients of weights are added up with images in lanes: half of the lanes may stay empty."""
    return len(x) >= _LANES[x.dtype.char] // 2


def pays_for_threads(products: int) -> bool:
    """Say whether so many multiplications are worth the start of a thread."""
    return products >= LARGE_SHARES


def share(threads: int, kernel: Callable[..., Any], *arguments: Any) -> None:
    """Run a kernel, whose last arguments are which of how many shares to do, on so many threads."""
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(kernel, *arguments, part, threads) for part in range(threads)]:
            done.result()
