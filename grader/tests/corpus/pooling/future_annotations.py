# expect:
#   verdict: passed
#   earned: all
#
# Annotations that nobody evaluates, and a generic helper with a protocol.

# %%
from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

import numpy as np

T = TypeVar("T")


class Reduces(Protocol):
    def __call__(self, numbers: Windows, axis: tuple[int, ...]) -> Maps: ...


# %%
def pair(value: T | tuple[T, T]) -> tuple[T, T]:
    return (value, value) if np.ndim(value) == 0 else tuple(value)


def windows(x, kernel_size, stride: Pair | None, padding: Pair, fill: float) -> Windows:
    (kh, kw), (ph, pw) = pair(kernel_size), pair(padding)
    sh, sw = (kh, kw) if stride is None else pair(stride)
    if kh < 1 or kw < 1 or sh < 1 or sw < 1 or ph < 0 or pw < 0 or 2 * ph > kh or 2 * pw > kw:
        raise ValueError("impossible window")
    x = np.pad(np.asarray(x, dtype=np.float64), ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=fill)
    if kh > x.shape[2] or kw > x.shape[3]:
        raise ValueError("larger than the image")
    return np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(2, 3))[:, :, ::sh, ::sw]


# %%
def pooled(by: Reduces, fill: float) -> Callable[..., Maps]:
    def pool(x, kernel_size, stride=None, padding=0):
        return by(windows(x, kernel_size, stride, padding, fill), axis=(4, 5))

    return pool


maxpool2d = pooled(np.max, -np.inf)
avgpool2d = pooled(np.mean, 0.0)


# %%
def global_avgpool2d(x: Images) -> Means:
    return np.asarray(x, dtype=np.float64).mean(axis=(2, 3))
