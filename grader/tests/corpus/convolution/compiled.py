# expect:
#   verdict: passed
#   earned: all
#   packages: [numba]
#
# The definition's loops, compiled by numba: a loop that Python does not execute is none.

# %%
import numba
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
@numba.njit
def slide(x, w, out, stride):
    for n in range(out.shape[0]):
        for k in range(out.shape[1]):
            for i in range(out.shape[2]):
                for j in range(out.shape[3]):
                    total = 0.0
                    for c in range(w.shape[1]):
                        for u in range(w.shape[2]):
                            for v in range(w.shape[3]):
                                total += x[n, c, i * stride + u, j * stride + v] * w[k, c, u, v]
                    out[n, k, i, j] = total

# %%
def conv2d(x, w, b=None, stride=1, padding=0):
    check_arguments(x, w, b, stride, padding)
    xp = np.pad(x.astype(float), ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    Ho = (xp.shape[2] - w.shape[2]) // stride + 1
    Wo = (xp.shape[3] - w.shape[3]) // stride + 1
    out = np.empty((len(x), len(w), Ho, Wo))
    slide(xp, w.astype(float), out, stride)
    return out if b is None else out + b[:, None, None]

# %%
def correlate2d(image, kernel):
    return conv2d(image[None, None], kernel[None, None])[0, 0]
