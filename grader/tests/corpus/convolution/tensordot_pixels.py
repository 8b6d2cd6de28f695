# expect:
#   verdict: partial
#   functions: {correlate2d: passed, conv2d: partial}
#   not_passed: [slow]
#   sentence: Your code loops over H and W in Python and takes
#
# Loops over the places of the map, tensordot for the rest: within the budget, and half as long again as
# code that loops may take to cost no points.

# %%
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
def conv2d(x, w, b=None, stride=1, padding=0):
    check_arguments(x, w, b, stride, padding)
    N, _, H, W = x.shape
    K, _, kh, kw = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    out = np.empty((N, K, (H + 2 * padding - kh) // stride + 1, (W + 2 * padding - kw) // stride + 1))
    for i, top in enumerate(range(0, xp.shape[2] - kh + 1, stride)):
        for j, left in enumerate(range(0, xp.shape[3] - kw + 1, stride)):
            patch = xp[:, :, top : top + kh, left : left + kw]
            out[:, :, i, j] = np.tensordot(patch, w, axes=([1, 2, 3], [1, 2, 3]))
    if b is not None:
        out += b[np.newaxis, :, np.newaxis, np.newaxis]
    return out

# %%
def correlate2d(image, kernel):
    return conv2d(image[None, None], kernel[None, None])[0, 0]
