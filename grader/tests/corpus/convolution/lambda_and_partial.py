# expect:
#   verdict: passed
#   earned: all
#
# Neither function is made by def.

# %%
from functools import partial

import numpy as np

# %%
def check_arguments(x, w, b, stride, padding):
    if stride < 1:
        raise ValueError("stride must be at least 1")
    if padding < 0:
        raise ValueError("padding must not be negative")
    if x.shape[1] != w.shape[1]:
        raise ValueError("x and w have different numbers of channels")
    if b is not None and len(b) != len(w):
        raise ValueError("there must be one bias per filter")
    if w.shape[2] > x.shape[2] + 2 * padding or w.shape[3] > x.shape[3] + 2 * padding:
        raise ValueError("the kernel is larger than the padded image")

# %%
def general(x, w, b=None, stride=1, padding=0, dtype=float):
    check_arguments(x, w, b, stride, padding)
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], (2, 3))[:, :, ::stride, ::stride]
    out = np.einsum("kcuv,ncijuv->nkij", w.astype(dtype), windows, optimize=True)
    return out if b is None else out + b[:, None, None]

# %%
conv2d = partial(general, dtype=np.float64)
correlate2d = lambda image, kernel: conv2d(image[np.newaxis, np.newaxis], kernel[np.newaxis, np.newaxis])[0, 0]
