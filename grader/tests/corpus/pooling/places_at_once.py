# expect:
#   verdict: partial
#   functions: {maxpool2d: partial, avgpool2d: passed, global_avgpool2d: passed}
#   not_passed: [slow]
#   sentence: Your code loops over H and W in Python
#
# One place of the map after the other, all images and channels at once in each: right, and slow.

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
    kh, kw, sh, sw = window
    p = padded(x, padding, -np.inf)
    ho, wo = (p.shape[2] - kh) // sh + 1, (p.shape[3] - kw) // sw + 1
    out = np.empty((*x.shape[:2], ho, wo), p.dtype)
    for i, j in np.ndindex(ho, wo):
        out[:, :, i, j] = p[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].max(axis=(2, 3))
    return out

# %%
def avgpool2d(x, kernel_size, stride=None, padding=0):
    window = checked(x, kernel_size, stride, padding)
    return windows(padded(x, padding, 0), window).mean(axis=(4, 5))

# %%
def global_avgpool2d(x):
    return x.mean(axis=(2, 3))
