"""Does the reference agree with torch? Thousands of random configurations of every function that torch has too.

    python grader/benchmarks/torch_agreement.py [CONFIGURATIONS]

conv2d, maxpool2d, avgpool2d, pad2d and relu of `solutions/` against `torch.nn.functional`, in float32 and float64, with random
shapes, kernels, strides and paddings, bias or none. The truth is torch in float64; an error is counted in units of
eps * sum|x||w| (for convolution and averages) of the dtype of the answer. Bound: 50. Padding, maxima and relu must be equal to
the bit; shape and dtype count as well. Exit status 1 if one configuration disagrees; a missing torch is said, and is status 2.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path[:0] = [str(Path(__file__).resolve().parents[2])]

from solutions.convolution import conv2d
from solutions.hierarchy import relu
from solutions.padding import pad2d
from solutions.pooling import avgpool2d, maxpool2d

BOUND = 50.0
Errors = Callable[[np.random.Generator, Any, type], float]


def tensors(torch: Any, *arrays: np.ndarray) -> list[Any]:
    return [torch.from_numpy(array.astype(np.float64)) for array in arrays]


def images(rng: np.random.Generator, dtype: type, channels: int) -> np.ndarray:
    n, h, w = rng.integers(1, 4), rng.integers(1, 13), rng.integers(1, 13)
    return (rng.normal(size=(n, channels, h, w)) * 10 ** rng.uniform(-2, 2)).astype(dtype)


def window(rng: np.random.Generator, size: tuple[int, ...]) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
    """Draw a kernel that fits into a padded image of this size, with stride and a padding of at most half the kernel."""
    kernel = tuple(int(rng.integers(1, min(side, 6) + 1)) for side in size)
    stride = tuple(int(step) for step in rng.integers(1, 4, 2))
    padding = tuple(int(rng.integers(0, side // 2 + 1)) for side in kernel)
    return kernel, stride, padding  # type: ignore[return-value]


def convolution(rng: np.random.Generator, torch: Any, dtype: type) -> float:
    channels, filters, padding, stride = (int(n) for n in rng.integers([1, 1, 0, 1], [6, 7, 4, 4]))
    x = images(rng, dtype, channels)
    kh, kw = (int(rng.integers(1, min(side + 2 * padding, 6) + 1)) for side in x.shape[2:])
    w = rng.normal(size=(filters, channels, kh, kw)).astype(dtype)
    b = rng.normal(size=filters).astype(dtype) if rng.random() < 0.5 else None
    function = torch.nn.functional.conv2d
    bias = [None, None] if b is None else tensors(torch, b, np.abs(b))
    truth = function(*tensors(torch, x, w), bias[0], stride, padding).numpy()
    scale = function(*tensors(torch, np.abs(x), np.abs(w)), bias[1], stride, padding).numpy()
    return relative(conv2d(x, w, b, stride, padding), truth, scale, dtype)


def relative(ours: np.ndarray, truth: np.ndarray, scale: np.ndarray, dtype: type) -> float:
    if ours.shape != truth.shape or ours.dtype != dtype:
        return float("inf")
    return float((np.abs(ours - truth) / (np.finfo(ours.dtype).eps * np.maximum(scale, 1e-300))).max(initial=0.0))


def equal(ours: np.ndarray, truth: np.ndarray, dtype: type) -> float:
    return 0.0 if ours.dtype == dtype and np.array_equal(ours, truth) else float("inf")


def averages(rng: np.random.Generator, torch: Any, dtype: type) -> float:
    x = images(rng, dtype, int(rng.integers(1, 5)))
    kernel, stride, padding = window(rng, x.shape[2:])
    function = torch.nn.functional.avg_pool2d
    truth, scale = (function(tensor, kernel, stride, padding).numpy() for tensor in tensors(torch, x, np.abs(x)))
    return relative(avgpool2d(x, kernel, stride, padding), truth, scale, dtype)


def maxima(rng: np.random.Generator, torch: Any, dtype: type) -> float:
    x = images(rng, dtype, int(rng.integers(1, 5)))
    kernel, stride, padding = window(rng, x.shape[2:])
    truth = torch.nn.functional.max_pool2d(*tensors(torch, x), kernel, stride, padding).numpy()
    return equal(maxpool2d(x, kernel, stride, padding), truth, dtype)


def frames(rng: np.random.Generator, torch: Any, dtype: type) -> float:
    x = images(rng, dtype, int(rng.integers(1, 5)))
    (ph, pw), value = (int(n) for n in rng.integers(0, 5, 2)), float(dtype(rng.normal()))
    truth = torch.nn.functional.pad(*tensors(torch, x), (pw, pw, ph, ph), value=value).numpy()
    return equal(pad2d(x, (ph, pw), value), truth, dtype)


def positives(rng: np.random.Generator, torch: Any, dtype: type) -> float:
    x = images(rng, dtype, int(rng.integers(1, 5)))
    return equal(relu(x), torch.nn.functional.relu(*tensors(torch, x)).numpy(), dtype)


FUNCTIONS: dict[str, Errors] = {
    "conv2d": convolution,
    "avgpool2d": averages,
    "maxpool2d": maxima,
    "pad2d": frames,
    "relu": positives,
}


def main() -> int:
    try:
        import torch
    except ImportError:
        print("torch is not installed: nothing was compared. `make bench` installs it.")
        return 2
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    print(f"{count} configurations each, torch {torch.__version__}, NumPy {np.__version__}; errors in eps of what was added up")
    failed = 0
    for name, errors in FUNCTIONS.items():
        rng = np.random.default_rng(20261123)
        found = np.array([errors(rng, torch, (np.float32, np.float64)[index % 2]) for index in range(count)])
        agree = int((found <= BOUND).sum())
        failed += count - agree
        print(f"  {name:10} {agree} of {count} agree, largest error {found.max():.2f}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
