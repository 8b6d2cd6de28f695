"""The fast kernels of the course against formulas in float64, on random shapes, whatever processor they are compiled for.

    python -m grader.tests.course.kernel_agreement [SHAPES] [DTYPE]

Every layout is tried on every shape that it takes, whichever of them would have been chosen. Arrays end where the memory of
the process ends, so that a kernel that reads or writes one number too far takes the process down. Prints the instruction set
and the largest error in eps of what was added up; exit status 1 if one is above 50.
"""

from __future__ import annotations

import ctypes
import mmap
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from grader.benchmarks.peers.map_gradients import avgpool2x2_backward, pad2d_backward
from solutions import kernels
from solutions.kernels import dispatch
from solutions.kernels.layouts.by_filter import convolve_by_filter
from solutions.kernels.layouts.by_image import LayerRow, convolve_by_image
from solutions.kernels.layouts.by_position import convolve_by_position
from solutions.kernels.simd.target import TARGET

BOUND = 50.0
Array = np.ndarray[Any, Any]
_KEPT: list[mmap.mmap] = []


def at_the_edge(array: Array) -> Array:
    """Return a copy whose last number is followed by memory that nobody may touch."""
    if sys.platform == "win32":
        return array.copy()
    pages = -(-max(array.nbytes, 1) // mmap.PAGESIZE) * mmap.PAGESIZE
    memory = mmap.mmap(-1, pages + mmap.PAGESIZE)
    begin = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    mprotect = ctypes.CDLL(None, use_errno=True).mprotect
    if mprotect(ctypes.c_void_p(begin + pages), ctypes.c_size_t(mmap.PAGESIZE), 0) != 0:
        raise OSError(ctypes.get_errno(), "mprotect")
    _KEPT.append(memory)
    copy: Array = np.frombuffer(memory, array.dtype, array.size, pages - array.nbytes).reshape(array.shape)
    copy[...] = array
    return copy


def convolved(x: Array, w: Array, b: Array, stride: int, padding: int) -> Array:
    padded = np.pad(x.astype(np.float64), ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = sliding_window_view(padded, w.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    sums: Array = np.einsum("nchwij,kcij->nkhw", windows, w.astype(np.float64), optimize=True)
    return sums + b[:, None, None]


def gradients(dout: Array, x: Array, w: Array, stride: int, padding: int) -> tuple[Array, Array, Array]:
    padded = np.pad(x.astype(np.float64), ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dpadded, dw = np.zeros_like(padded), np.zeros(w.shape)
    height, width = dout.shape[2] * stride, dout.shape[3] * stride
    for u in range(w.shape[2]):
        for v in range(w.shape[3]):
            seen = np.s_[:, :, u : u + height : stride, v : v + width : stride]
            dw[:, :, u, v] = np.einsum("nkhw,nchw->kc", dout, padded[seen], optimize=True)
            dpadded[seen] += np.einsum("nkhw,kc->nchw", dout, w[:, :, u, v].astype(np.float64), optimize=True)
    inner = np.s_[padding : padding + x.shape[2]], np.s_[padding : padding + x.shape[3]]
    return dpadded[:, :, inner[0], inner[1]], dw, dout.astype(np.float64).sum(axis=(0, 2, 3))


def windows(x: Array) -> Array:
    """Return the four numbers of each 2x2 window along a fifth axis."""
    even = x[:, :, : x.shape[2] // 2 * 2, : x.shape[3] // 2 * 2]
    return np.stack([even[:, :, u::2, v::2] for u in (0, 1) for v in (0, 1)], axis=-1)


def spread(parts: Array, shape: tuple[int, ...]) -> Array:
    """Put the four numbers of each window back to their places: the way back of `windows`."""
    out = np.zeros(shape, parts.dtype)
    for place, (u, v) in enumerate((u, v) for u in (0, 1) for v in (0, 1)):
        out[:, :, u : parts.shape[2] * 2 : 2, v : parts.shape[3] * 2 : 2] = parts[..., place]
    return out


def _shapes(rng: np.random.Generator, lanes: int) -> tuple[tuple[int, ...], tuple[int, ...], int, int]:
    """Draw images, filters, stride and padding around what the kernels treat in ways of its own: whole vectors and tiles."""
    n = int(rng.choice([1, 2, 3, lanes - 1, lanes, lanes + 1, 2 * lanes + 1]))
    c, k = (
        int(rng.choice([1, 2, 3, 6, 16, lanes + 3])),
        int(rng.choice([1, 2, 3, 5, 6, 8, 10, 11, 16, lanes, 2 * lanes, 3 * lanes])),
    )
    kh = int(rng.integers(1, 8))
    kw = kh if rng.random() < 0.5 else int(rng.integers(1, 8))
    if rng.random() < 0.3:
        kh = kw = 3
    padding, stride = int(rng.integers(0, 4)), int(rng.choice([1, 1, 2, 3]))
    height = int(rng.integers(max(1, kh - 2 * padding), 30))
    width = int(rng.integers(max(1, kw - 2 * padding), 40 if rng.random() < 0.8 else 10 * lanes))
    return (n, c, height, width), (k, c, kh, kw), stride, padding


def _in_every_layout(
    x: Array, w: Array, b: Array, stride: int, padding: int, low: Any, pool: int, shape: tuple[int, ...], threads: int
) -> Iterator[tuple[str, Array]]:
    """Convolve with each layout that takes these shapes; `out` begins full of NaN, so that nothing is left unwritten."""
    lanes = TARGET.vector_bytes // x.itemsize

    def run(kernel: Callable[..., None], *arguments: Any) -> Array:
        dispatch.share(threads, kernel, *arguments)
        return out

    def nothing() -> Array:
        return at_the_edge(np.full(shape, np.nan, x.dtype))

    window = stride, padding, padding, pool
    out = nothing()
    yield "by position", run(convolve_by_position, x, w, b, out, window, low)
    if len(w) % lanes == 0:
        out = nothing()
        yield "by filter", run(convolve_by_filter, x, w, b, out, window, low)
    if len(x) >= lanes:
        layer = np.array([LayerRow(0, *w.shape[1:], stride, padding, padding, pool, *shape[2:], len(w))])
        out = nothing()
        yield "by image", run(convolve_by_image, x, layer, np.concatenate([w.ravel(), b]), out, low)


def _convolutions(rng: np.random.Generator, dtype: type) -> Iterator[tuple[str, Array, Array, Array]]:
    x_shape, w_shape, stride, padding = _shapes(rng, TARGET.vector_bytes // np.dtype(dtype).itemsize)
    x, w, b = (at_the_edge(rng.normal(size=shape).astype(dtype)) for shape in (x_shape, w_shape, w_shape[:1]))
    where = f"{np.dtype(dtype)} {x_shape} {w_shape} stride {stride} padding {padding}"
    truth = convolved(x, w, b, stride, padding)
    scale = convolved(np.abs(x), np.abs(w), np.abs(b), stride, padding)
    pool, clipped, threads = int(rng.integers(1, 3)), bool(rng.integers(2)), int(rng.choice([1, 1, 2, 3]))
    wanted, size = (np.maximum(truth, 0) if clipped else truth), scale
    if pool == 2:
        wanted, size = windows(wanted).max(axis=-1, initial=-np.inf), windows(size).max(axis=-1, initial=0)
    if wanted.size:
        low = dtype(0 if clipped else -np.inf)
        for name, out in _in_every_layout(x, w, b, stride, padding, low, pool, wanted.shape, threads):
            yield f"{name} {where} pool {pool} clipped {clipped} threads {threads}", out, wanted, size
    dout = at_the_edge(rng.normal(size=truth.shape).astype(dtype))
    ours = kernels.conv2d_backward(dout, x, w, stride, padding, threads)
    truths = gradients(dout, x, w, stride, padding)
    scales = gradients(np.abs(dout), np.abs(x), np.abs(w), stride, padding)
    for name, mine, right, size in zip(("dx", "dw", "db"), ours, truths, scales, strict=True):
        yield f"{name} {where}", mine, right, size


def _hierarchies(rng: np.random.Generator, dtype: type) -> Iterator[tuple[str, Array, Array, Array]]:
    """Chains of two or three blocks, with frames between them and without; the errors of the blocks add up."""
    lanes = TARGET.vector_bytes // np.dtype(dtype).itemsize
    n, c, side = int(rng.choice([1, 3, lanes, lanes + 3])), int(rng.integers(1, 4)), int(rng.integers(14, 24))
    x, layers = at_the_edge(rng.normal(size=(n, c, side, side + 1)).astype(dtype)), []
    truth, scale = x.astype(np.float64), np.abs(x).astype(np.float64)
    for _ in range(int(rng.integers(2, 4))):
        k, kh, kw, padding, pool = (int(size) for size in rng.integers([1, 1, 1, 0, 1], [9, 4, 4, 3, 3]))
        if max(kh, kw) > min(truth.shape[2:]) + 2 * padding:
            break
        w, b = (rng.normal(size=shape).astype(dtype) for shape in ((k, truth.shape[1], kh, kw), (k,)))
        layers.append((w, b, padding, pool))
        truth = np.maximum(convolved(truth, w, b, 1, padding), 0)
        scale = convolved(scale, np.abs(w), np.abs(b), 1, padding)
        if pool == 2:
            truth, scale = windows(truth).max(axis=-1), windows(scale).max(axis=-1)
    where = f"hierarchy {np.dtype(dtype)} {x.shape} {[(w.shape, *rest) for w, _, *rest in layers]}"
    yield where, kernels.hierarchy(x, layers), truth, scale


def _maps(rng: np.random.Generator, dtype: type) -> Iterator[tuple[str, Array, Array, Array]]:
    """What must be equal to the bit has a scale of 0."""
    n, c, h, w = (int(size) for size in rng.integers(1, [3, 4, 40, 70]))
    # Few different numbers, and so many ties.
    x = at_the_edge(np.round(rng.normal(size=(n, c, h, w)) * 2).astype(dtype))
    (ph, pw), dout = (int(size) for size in rng.integers(0, 4, 2)), at_the_edge(rng.normal(size=x.shape).astype(dtype))
    framed = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=1.5)
    found = [
        ("relu", kernels.relu(x), np.maximum(x, 0)),
        ("relu back", kernels.relu_backward(dout, x), dout * (x > 0)),
        ("pad", kernels.pad2d(x, ph, pw, 1.5), framed),
        ("pad back", pad2d_backward(at_the_edge(np.pad(x, ((0, 0), (0, 0), (ph, ph), (ph, ph)))), ph), x),
    ]
    if min(h, w) >= 2:
        four = windows(x)
        back = at_the_edge(rng.normal(size=four.shape[:4]).astype(dtype))
        first = np.arange(4) == four.argmax(axis=-1)[..., None]
        found += [
            ("maxpool", kernels.maxpool2x2(x), four.max(axis=-1)),
            ("maxpool back", kernels.maxpool2x2_backward(back, x), spread(first * back[..., None], x.shape)),
            ("avgpool back", avgpool2x2_backward(back, h, w), spread(np.repeat(back[..., None] / 4, 4, -1), x.shape)),
        ]
        yield f"avgpool {x.shape}", kernels.avgpool2x2(x), four.mean(axis=-1), np.abs(four).mean(axis=-1)
    for name, ours, truth in found:
        yield f"{name} {x.shape} {np.dtype(dtype)}", ours, truth, np.zeros(truth.shape)


def worst(seed: int, shapes: int, dtype: type) -> tuple[float, str]:
    """Return the largest error among so many random shapes, in eps of what was added up, and where it was."""
    rng, largest = np.random.default_rng(seed), (0.0, "nowhere")
    for _ in range(shapes):
        for where, ours, truth, scale in (*_convolutions(rng, dtype), *_hierarchies(rng, dtype), *_maps(rng, dtype)):
            if ours.shape != truth.shape or ours.dtype != dtype:
                return float("inf"), f"{where}: {ours.dtype} {ours.shape} instead of {truth.shape}"
            roundings = float(np.finfo(dtype).eps) * np.maximum(scale, 1e-200, dtype=np.float64)
            off = np.abs(ours.astype(np.float64) - truth) / roundings
            error = float(off.max(initial=0))
            largest = max(largest, (error if np.isfinite(error) else float("inf"), where))
        # Maps of memory end when nothing points at them any more.
        _KEPT.clear()
    return largest


def main() -> int:
    shapes = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    dtypes = [np.dtype(name).type for name in (sys.argv[2:] or ["float32", "float64"])]
    status = 0
    for dtype in dtypes:
        error, where = worst(20261124, shapes, dtype)
        print(f"{TARGET.name} {np.dtype(dtype)}: {shapes} shapes, largest error {error:.2f} eps: {where}")
        status |= error > BOUND
    return status


if __name__ == "__main__":
    sys.exit(main())
