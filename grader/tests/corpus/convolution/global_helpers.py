# expect:
#   verdict: passed
#   earned: all
#
# Helpers and globals in cells of their own.

# %%
import numpy as np

FLOAT = np.float64
CALLS = {"pad": 0}

# %%
def ring(x, p):
    global LAST_SHAPE
    LAST_SHAPE = x.shape
    CALLS["pad"] += 1
    return np.pad(x, ((0, 0), (0, 0), (p, p), (p, p))).astype(FLOAT)


def size_after(size, kernel, stride):
    return (size - kernel) // stride + 1

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
def conv2d(x, w, b=None, stride=1, padding=0):
    check_arguments(x, w, b, stride, padding)
    xp = ring(x, padding)
    ho, wo = size_after(xp.shape[2], w.shape[2], stride), size_after(xp.shape[3], w.shape[3], stride)
    out = np.zeros((LAST_SHAPE[0], w.shape[0], ho, wo), FLOAT)
    for u in range(w.shape[2]):
        for v in range(w.shape[3]):
            part = xp[:, :, u::stride, v::stride][:, :, :ho, :wo]
            out += np.einsum("nchw,kc->nkhw", part, w[:, :, u, v], optimize=True)
    if b is not None:
        for k in range(len(b)):
            out[:, k] += b[k]
    return out

# %%
def correlate2d(image, kernel):
    return conv2d(image[None, None], kernel[None, None])[0, 0]
