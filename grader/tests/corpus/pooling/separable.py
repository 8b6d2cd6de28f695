# expect:
#   verdict: passed
#   earned: all
#
# First along the columns, then along the rows.

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
def along(x, k, s, axis, join):
    n = (x.shape[axis] - k) // s + 1
    parts = [np.take(x, np.arange(n) * s + u, axis=axis) for u in range(k)]
    result = parts[0]
    for part in parts[1:]:
        result = join(result, part)
    return result

# %%
def maxpool2d(x, kernel_size, stride=None, padding=0):
    kh, kw, sh, sw = checked(x, kernel_size, stride, padding)
    rows = along(padded(x, padding, -np.inf), kh, sh, 2, np.maximum)
    return along(rows, kw, sw, 3, np.maximum)

# %%
def avgpool2d(x, kernel_size, stride=None, padding=0):
    kh, kw, sh, sw = checked(x, kernel_size, stride, padding)
    rows = along(padded(x, padding, 0), kh, sh, 2, np.add)
    return along(rows, kw, sw, 3, np.add) / (kh * kw)

# %%
def global_avgpool2d(x):
    return x.mean(axis=(2, 3))
