# expect:
#   verdict: passed
#   earned: all
#
# Annotations that are never evaluated, in a script of several cells.

# %%
"""My convolution."""

from __future__ import annotations

import numpy as np

# %%
def check_arguments(x, w, b, stride, padding):
    if stride < 1 or padding < 0:
        raise ValueError("impossible stride or padding")
    if x.shape[1] != w.shape[1] or (b is not None and len(b) != len(w)):
        raise ValueError("channels or biases differ")
    if any(kernel > size + 2 * padding for kernel, size in zip(w.shape[2:], x.shape[2:])):
        raise ValueError("the kernel is larger than the padded image")


# %%
def patches(x: Images, kh: int, kw: int, stride: int) -> Patches:
    windows = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(2, 3))[:, :, ::stride, ::stride]
    n, c, ho, wo = windows.shape[:4]
    return windows.transpose(0, 2, 3, 1, 4, 5).reshape(n, ho, wo, c * kh * kw)


def conv2d(x: Images, w: Filters, b: Biases | None = None, stride: int = 1, padding: int = 0) -> Maps:
    check_arguments(x, w, b, stride, padding)
    padded = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)]).astype(np.float64)
    maps = patches(padded, *w.shape[2:], stride) @ w.reshape(len(w), -1).T.astype(np.float64)
    if b is not None:
        maps = maps + b
    return np.moveaxis(maps, 3, 1)


# %%
def correlate2d(image: Image, kernel: Kernel) -> Map:
    return conv2d(image[None, None], kernel[None, None])[0, 0]
