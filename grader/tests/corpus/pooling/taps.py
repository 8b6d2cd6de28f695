# expect:
#   verdict: passed
#   earned: all
#
# A loop over the places in the window.

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
def taps(x, window):
    kh, kw, sh, sw = window
    ho, wo = (x.shape[2] - kh) // sh + 1, (x.shape[3] - kw) // sw + 1
    for u in range(kh):
        for v in range(kw):
            yield x[:, :, u : u + (ho - 1) * sh + 1 : sh, v : v + (wo - 1) * sw + 1 : sw]

# %%
def maxpool2d(x, kernel_size, stride=None, padding=0):
    window = checked(x, kernel_size, stride, padding)
    best = None
    for part in taps(padded(x, padding, -np.inf), window):
        best = part.copy() if best is None else np.maximum(best, part)
    return best

# %%
def avgpool2d(x, kernel_size, stride=None, padding=0):
    kh, kw, sh, sw = checked(x, kernel_size, stride, padding)
    return sum(taps(padded(x, padding, 0), (kh, kw, sh, sw))) / (kh * kw)

# %%
def global_avgpool2d(x):
    return x.mean(axis=(2, 3))
