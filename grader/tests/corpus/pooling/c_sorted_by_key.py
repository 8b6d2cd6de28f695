# expect:
#   verdict: partial
#   functions: {maxpool2d: partial, avgpool2d: passed, global_avgpool2d: passed}
#   not_passed: [slow, wrong]
#
# Wrong where a number is NaN. Windows are sorted as lists, by a key in C, and the last number of each is taken by `map`: only the clock sees it.

# %%
import operator

import numpy as np

# %%
def pair(value):
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def checked(x, kernel_size, stride, padding):
    (kh, kw), (ph, pw) = pair(kernel_size), pair(padding)
    sh, sw = pair(kernel_size if stride is None else stride)
    if min(kh, kw, sh, sw) < 1 or min(ph, pw) < 0 or 2 * ph > kh or 2 * pw > kw:
        raise ValueError("impossible window")
    if kh > x.shape[2] + 2 * ph or kw > x.shape[3] + 2 * pw:
        raise ValueError("the window is larger than the padded image")
    return kh, kw, sh, sw

# %%
def padded(x, padding, value):
    dtype = np.float32 if x.dtype == np.float32 else np.float64
    ph, pw = pair(padding)
    return np.pad(x.astype(dtype), ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=value)

# %%
def windows(x, window):
    kh, kw, sh, sw = window
    return np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(2, 3))[:, :, ::sh, ::sw]

# %%
def numbers_of_windows(x, kernel_size, stride, padding):
    window = checked(x, kernel_size, stride, padding)
    found = windows(padded(x, padding, -np.inf), window)
    return found.shape[:4], found.reshape(-1, window[0] * window[1])


def maxpool2d(x, kernel_size, stride=None, padding=0):
    shape, rows = numbers_of_windows(x, kernel_size, stride, padding)
    ordered = map(sorted, rows.tolist())
    return np.array(list(map(operator.itemgetter(-1), ordered))).reshape(shape)

# %%
def avgpool2d(x, kernel_size, stride=None, padding=0):
    window = checked(x, kernel_size, stride, padding)
    return windows(padded(x, padding, 0), window).mean(axis=(4, 5))

# %%
def global_avgpool2d(x):
    return x.mean(axis=(2, 3))
