# expect:
#   verdict: passed
#   earned: all
#
# itertools for every list.

# %%
import numpy as np
from itertools import accumulate

# %%
def conv2d(x, w, b=None, padding=0):
    if padding < 0:
        raise ValueError("negative padding")
    if x.shape[1] != w.shape[1]:
        raise ValueError("different channels")
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    if x.shape[2] < w.shape[2] or x.shape[3] < w.shape[3]:
        raise ValueError("kernel too large")
    patches = np.lib.stride_tricks.sliding_window_view(x.astype(float), w.shape[2:], axis=(2, 3))
    out = np.tensordot(w.astype(float), patches, axes=([1, 2, 3], [1, 4, 5])).swapaxes(0, 1)
    return out if b is None else out + b[:, None, None]


def maxpool2d(x, pool):
    if pool < 1:
        raise ValueError("pool too small")
    rows, columns = x.shape[2] // pool, x.shape[3] // pool
    if rows == 0 or columns == 0:
        raise ValueError("pool too large")
    x = x[:, :, : rows * pool, : columns * pool]
    return x.reshape(*x.shape[:2], rows, pool, columns, pool).max(axis=(3, 5))

# %%
relu = lambda x: np.clip(x, 0.0, None)

# %%
def conv_block(x, w, b=None, padding=0, pool=1):
    return maxpool2d(relu(conv2d(x, w, b, padding)), pool)

# %%
def feature_hierarchy(x, layers):
    return list(accumulate(layers, lambda maps, layer: conv_block(maps, *layer), initial=x))

# %%
def receptive_field(layers):
    if any(size < 1 for layer in layers for size in layer):
        raise ValueError("no window is smaller than 1")
    steps = list(accumulate((pool for _, pool in layers), lambda a, b: a * b, initial=1))
    return list(accumulate(((k + p - 2) * s for (k, p), s in zip(layers, steps)), initial=1))
