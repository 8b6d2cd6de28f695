# expect:
#   verdict: passed
#   functions: {correlate2d: passed, conv2d: passed}
#   earned: all
#   sentence: Your code loops over H in Python, and is quick enough
#
# Loops over the rows of the map and takes each as a whole: as quick as code without a loop.

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
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    rows = [np.tensordot(windows[:, :, i], w, axes=([1, 3, 4], [1, 2, 3])) for i in range(windows.shape[2])]
    out = np.stack(rows, axis=1).transpose(0, 3, 1, 2)
    return out if b is None else out + b[:, None, None]

# %%
def correlate2d(image, kernel):
    return conv2d(image[None, None], kernel[None, None])[0, 0]
