# expect:
#   verdict: passed
#   earned: all
#   packages: [scipy]
#
# SciPy for each pair of channels.

# %%
import numpy as np
from scipy import signal

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
def correlate2d(image, kernel):
    if any(k > i for k, i in zip(kernel.shape, image.shape)):
        raise ValueError("kernel too large")
    return signal.correlate2d(image, kernel, mode="valid")

# %%
def conv2d(x, w, b=None, stride=1, padding=0):
    check_arguments(x, w, b, stride, padding)
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    maps = []
    for image in xp:
        for kernel in w:
            maps.append(sum(signal.correlate2d(plane, slice_, mode="valid") for plane, slice_ in zip(image, kernel)))
    out = np.stack(maps).reshape(len(x), len(w), *maps[0].shape)[:, :, ::stride, ::stride]
    return out if b is None else out + b[:, None, None]
