# expect:
#   verdict: partial
#   functions: {relu: passed, conv_block: partial, feature_hierarchy: wrong, receptive_field: passed}
#   causes: [ReLU is left out]

# %%
import numpy as np

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
def relu(x):
    return np.maximum(x, 0.0)

# %%
def conv_block(x, w, b=None, padding=0, pool=1):
    return maxpool2d(conv2d(x, w, b, padding), pool)

# %%
def feature_hierarchy(x, layers):
    maps = [x]
    for layer in layers:
        maps.append(conv_block(maps[-1], *layer))
    return maps

# %%
def receptive_field(layers):
    sees = step = 1
    fields = [sees]
    for kernel, pool in layers:
        if kernel < 1 or pool < 1:
            raise ValueError("a window must be at least 1")
        sees += (kernel - 1) * step + (pool - 1) * step
        step *= pool
        fields.append(sees)
    return fields
