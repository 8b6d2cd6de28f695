# expect:
#   verdict: partial
#   functions: {maxpool2d: passed, avgpool2d: passed, global_avgpool2d: [wrong, partial]}
#   causes: [One number per image]

# %%
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
def maxpool2d(x, kernel_size, stride=None, padding=0):
    window = checked(x, kernel_size, stride, padding)
    return windows(padded(x, padding, -np.inf), window).max(axis=(4, 5))

# %%
def avgpool2d(x, kernel_size, stride=None, padding=0):
    window = checked(x, kernel_size, stride, padding)
    return windows(padded(x, padding, 0), window).mean(axis=(4, 5))

# %%
def global_avgpool2d(x):
    return x.mean(axis=(1, 2, 3))
