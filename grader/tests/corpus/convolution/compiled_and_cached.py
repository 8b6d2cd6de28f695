# expect:
#   verdict: passed
#   earned: all
#   packages: [numba]
#
# numba is told to keep what it compiled.

# %%
import numpy as np

# %%
def correlate2d(image, kernel):
    if kernel.shape[0] > image.shape[0] or kernel.shape[1] > image.shape[1]:
        raise ValueError("the kernel does not fit")
    rows = image.shape[0] - kernel.shape[0] + 1
    columns = image.shape[1] - kernel.shape[1] + 1
    out = np.zeros((rows, columns))
    for (u, v), weight in np.ndenumerate(kernel):
        out += weight * image[u : u + rows, v : v + columns]
    return out

# %%
import numba
@numba.njit(cache=True)
def tap(a, b):
    return a * b

def conv2d(x, w, b=None, stride=1, padding=0):
    if stride < 1 or padding < 0 or x.shape[1] != w.shape[1] or (b is not None and len(b) != len(w)):
        raise ValueError("no")
    if w.shape[2] > x.shape[2] + 2 * padding or w.shape[3] > x.shape[3] + 2 * padding:
        raise ValueError("the kernel is larger than the padded image")
    kh, kw = w.shape[2:]
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding))).astype(float)
    ho = (x.shape[2] - kh) // stride + 1
    wo = (x.shape[3] - kw) // stride + 1
    out = np.zeros((len(x), len(w), ho, wo))
    for u in range(kh):
        for v in range(kw):
            seen = x[:, :, u : u + (ho - 1) * stride + 1 : stride, v : v + (wo - 1) * stride + 1 : stride]
            out += tap(1.0, 1.0) * np.tensordot(seen, w[:, :, u, v], axes=(1, 1)).transpose(0, 3, 1, 2)
    if b is not None:
        out += b.reshape(1, -1, 1, 1)
    return out
