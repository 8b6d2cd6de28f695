# expect:
#   verdict: passed
#   earned: all
#
# A loop over the places of the map where windows overlap, reshape where they do not.

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
def pooled(x, window, reduce):
    kh, kw, sh, sw = window
    ho, wo = (x.shape[2] - kh) // sh + 1, (x.shape[3] - kw) // sw + 1
    out = np.empty((*x.shape[:2], ho, wo), x.dtype)
    for i, j in np.ndindex(ho, wo):
        out[:, :, i, j] = reduce(x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw], axis=(2, 3))
    return out

# %%
def maxpool2d(x, kernel_size, stride=None, padding=0):
    kh, kw, sh, sw = checked(x, kernel_size, stride, padding)
    if (kh, kw) == (sh, sw) and pair(padding) == (0, 0):
        ho, wo = x.shape[2] // kh, x.shape[3] // kw
        blocks = padded(x, 0, 0)[:, :, : ho * kh, : wo * kw].reshape(*x.shape[:2], ho, kh, wo, kw)
        return blocks.max(axis=3).max(axis=4)
    return pooled(padded(x, padding, -np.inf), (kh, kw, sh, sw), np.max)

# %%
def avgpool2d(x, kernel_size, stride=None, padding=0):
    return pooled(padded(x, padding, 0.0), checked(x, kernel_size, stride, padding), np.mean)

# %%
def global_avgpool2d(x):
    return x.reshape(*x.shape[:2], -1).astype(float).mean(-1)
