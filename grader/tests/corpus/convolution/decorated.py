# expect:
#   verdict: passed
#   earned: all
#
# Behind a decorator that checks the arguments.

# %%
import functools

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
def checked(function):
    @functools.wraps(function)
    def wrapper(x, w, b=None, stride=1, padding=0):
        check_arguments(x, w, b, stride, padding)
        return function(x, w, b, stride, padding)

    return wrapper

# %%
@checked
def conv2d(x, w, b=None, stride=1, padding=0):
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], (2, 3))[:, :, ::stride, ::stride]
    out = np.tensordot(w.astype(float), windows, ([1, 2, 3], [1, 4, 5])).swapaxes(0, 1)
    return out if b is None else out + b[:, None, None]


@functools.lru_cache
def ones(size):
    return np.ones(size)

# %%
def correlate2d(image, kernel):
    return conv2d(image[None, None], kernel[None, None])[0, 0]
