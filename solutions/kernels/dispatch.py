"""The one decision: whether the kernels serve a call at all, in which layout, and on how many threads.

What was compiled before serves wherever it is faster. To compile takes seconds for each layout and dtype, so a machine that has
not done so yet goes on with the plain kernels until a call is large, or many have come: nobody waits longer for the compiler
than for the plain kernels.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from solutions.kernels.cache import is_kept
from solutions.kernels.simd.target import TARGET

FASTER_WORK = 1 << 16
"""From so many multiplications on a kernel that is compiled is faster than the plain one."""
LARGE_WORK = 1 << 23
"""So many are worth a compilation: the plain kernel takes over a millisecond for them."""
FASTER_MAP = 1 << 12
"""From so many numbers on a compiled kernel is faster in what only compares."""
LARGE_MAP = 1 << 20
"""From so many numbers on what only moves and compares is worth a compilation."""
MUCH_WORK = 1 << 32
"""So many multiplications, in many calls, take the plain kernel as long as a compilation takes."""
SMALL = 1 << 13
"""Up to so many numbers are squared and added up in less time than NumPy takes to begin looking for the largest."""
LARGE_SHARES = 1 << 28
"""From so many multiplications on a second thread pays for its start, which takes a millisecond."""
BATCH_BYTES = 1 << 20
"""The most that a group of images may take to be worked on side by side: what the second-level cache holds."""
Block = tuple[NDArray[Any], NDArray[Any], int, int]
"""Weights (K, C, kh, kw), biases (K,), padding, and the side of the pooling window: 1 or 2."""
Maps = tuple[int, int, int, int]
"""The shape of maps: (N, K, Ho, Wo)."""
Layout = Literal["by position", "by image", "by filter"]
"""Positions in lanes: images of any size. Images in lanes: batches of small ones. Filters: a small image and many filters."""
KERNELS: dict[Layout, str] = {
    "by position": "convolve_by_position",
    "by image": "convolve_by_image",
    "by filter": "convolve_by_filter",
}
"""The compiled function of each layout."""
_LANES = {kind: TARGET.vector_bytes // np.dtype(kind).itemsize for kind in "fd"}


def lanes_of(dtype: np.dtype[Any]) -> int:
    """Return how many numbers a vector holds."""
    return _LANES[dtype.char]


_ready: dict[tuple[str, str], bool] = {}
"""Whether a kernel is compiled, or to be, by its name and the code of a dtype."""
_put_off: Counter[tuple[str, str]] = Counter()
"""The work that came while it was not."""


def _is_ready(kernel: str, dtype: np.dtype[Any], work: int, least: int = LARGE_WORK) -> bool:
    """Say whether a compiled function is at hand, or worth a compilation: for this work, or for all that came so far."""
    key = kernel, dtype.char
    if key not in _ready:
        _ready[key] = is_kept(kernel, dtype)
    if not _ready[key]:
        _put_off[key] += work
        _ready[key] = work >= least or _put_off[key] >= MUCH_WORK
    return _ready[key]


def is_large_map(x: NDArray[Any]) -> bool:
    """Say whether a map is worth a compilation."""
    return x.size >= LARGE_MAP


def serve_windows(kernel: str, x: NDArray[Any]) -> bool:
    """Say whether a kernel of `maps` should serve 2x2 windows, or a frame: it is faster, and no sum of four can overflow."""
    if x.size < FASTER_MAP or not _is_ready(kernel, x.dtype, x.size, LARGE_MAP):
        return False
    return kernel != "_avgpool" or _largest(x) < float(np.finfo(x.dtype).max) / 4


def _largest(x: NDArray[Any]) -> float:
    """Return a number that no absolute value exceeds; NaN where there is one."""
    if x.size > SMALL:
        return float(max(x.max(), -x.min()))
    # With room for what rounding takes, and for squares that are too small to be told from 0.
    return 1.001 * math.sqrt(np.vdot(x, x)) + 1e-17


def serve_convolution(x: NDArray[Any], w: NDArray[Any], b: NDArray[Any], shape: Maps, pool: int = 1) -> bool:
    """Say whether `conv2d` should serve: it is faster, and no sum can overflow that would not in a wider type.

    shape: that of the maps, before they are pooled
    Numbers that are not finite are left to the plain kernel as well.
    """
    work = shape[0] * shape[2] * shape[3] * w.size
    if work < FASTER_WORK or not _is_ready(KERNELS[convolution_layout(x, shape, pool)], x.dtype, work):
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
    work = products_of(x, layers)
    if not all(w.size for w, *_ in layers):
        return False
    # Block by block, smaller work is served as well.
    if work < LARGE_WORK and not (
        chained_by_image(x) and work >= FASTER_WORK and _is_ready(KERNELS["by image"], x.dtype, work)
    ):
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
    work = len(dout) * dout.shape[2] * dout.shape[3] * w.size
    if work < FASTER_WORK:
        return False
    # The gradient of the images is a convolution of `dout`.
    needed = gradients_kernel(x), KERNELS[convolution_layout(dout, x.shape, 1)]
    ready = [_is_ready(kernel, x.dtype, work) for kernel in needed]
    if not all(ready):
        return False
    sums = dout.size * (1 + _largest(x)) + w.size * _largest(w)
    return _largest(dout) * sums < float(np.finfo(x.dtype).max)


def convolution_layout(x: NDArray[Any], shape: Maps, pool: int) -> Layout:
    """Return the layout for images `x` that become maps of this shape, pooled or not."""
    # Where there is little to compute, every line here counts as much as the kernel.
    (n, k, ho, wo), wide = shape, _LANES[x.dtype.char]
    if n >= wide:
        if wo * pool < 4 * wide and max(x.size // n, k * ho * wo * pool * pool) * TARGET.vector_bytes <= BATCH_BYTES:
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


def gradients_kernel(x: NDArray[Any]) -> str:
    """Return which compiled function adds up the gradients of weights."""
    return "weight_gradients_by_channel" if x.shape[1] >= lanes_of(x.dtype) else "_weight_gradients"


def pays_for_threads(products: int) -> bool:
    """Say whether so many multiplications are worth the start of a thread."""
    return products >= LARGE_SHARES


def share(threads: int, kernel: Callable[..., Any], *arguments: Any) -> None:
    """Run a kernel, whose last arguments are which of how many shares to do, on so many threads."""
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(kernel, *arguments, part, threads) for part in range(threads)]:
            done.result()
