# expect:
#   verdict: partial
#   not_passed: [slow]
#   functions: {maxpool2d: partial, avgpool2d: passed, global_avgpool2d: passed}
#   sentence: the reference's time
#
# Right, number by number.

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
def maxpool2d(x, kernel_size, stride=None, padding=0):
    kh, kw, sh, sw = checked(x, kernel_size, stride, padding)
    xp = padded(x, padding, float("-inf"))
    N, C, H, W = xp.shape
    out = np.full((N, C, (H - kh) // sh + 1, (W - kw) // sw + 1), -np.inf)
    for n, c, i, j in np.ndindex(out.shape):
        for u in range(kh):
            for v in range(kw):
                number = xp[n, c, i * sh + u, j * sw + v]
                # NaN is larger than everything, as np.max has it.
                if number > out[n, c, i, j] or number != number:
                    out[n, c, i, j] = number
    return out

# %%
def avgpool2d(x, kernel_size, stride=None, padding=0):
    kh, kw, sh, sw = checked(x, kernel_size, stride, padding)
    xp = padded(x, padding, 0)
    N, C, H, W = xp.shape
    out = np.zeros((N, C, (H - kh) // sh + 1, (W - kw) // sw + 1))
    for n, c, i, j in np.ndindex(out.shape):
        out[n, c, i, j] = xp[n, c, i * sh : i * sh + kh, j * sw : j * sw + kw].mean()
    return out

# %%
def global_avgpool2d(x):
    return x.mean(axis=(2, 3))
