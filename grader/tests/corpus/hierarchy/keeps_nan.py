# expect:
#   verdict: passed
#   earned: all
#
# relu by a condition that NaN does not meet; whole numbers become fractions first.

# %%
import numpy as np


# %%
def fractions(x):
    x = np.asarray(x)
    return x if x.dtype == np.float32 else x.astype(np.float64)


def relu(x):
    x = fractions(x).copy()
    x[x < 0] = 0
    return x


# %%
def conv_block(x, w, b=None, padding=0, pool=1):
    if padding < 0 or pool < 1 or x.shape[1] != w.shape[1]:
        raise ValueError("a block that does not fit")
    padded = np.pad(np.asarray(x, np.float64), ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    ho, wo = padded.shape[2] - w.shape[2] + 1, padded.shape[3] - w.shape[3] + 1
    if min(ho, wo) < pool:
        raise ValueError("a kernel or a window is larger than what it looks at")
    maps = np.zeros((len(x), len(w), ho, wo))
    for u in range(w.shape[2]):
        for v in range(w.shape[3]):
            seen = padded[:, :, u : u + ho, v : v + wo]
            maps += np.tensordot(seen, np.asarray(w[:, :, u, v], np.float64), axes=(1, 1)).transpose(0, 3, 1, 2)
    if b is not None:
        maps += np.asarray(b, np.float64).reshape(-1, 1, 1)
    maps = relu(maps)[:, :, : ho // pool * pool, : wo // pool * pool]
    return maps.reshape(len(x), len(w), ho // pool, pool, wo // pool, pool).max(axis=(3, 5))


# %%
def feature_hierarchy(x, layers):
    if not layers:
        return [x]
    *before, last = layers
    maps = feature_hierarchy(x, before)
    return [*maps, conv_block(maps[-1], *last)]


# %%
def receptive_field(layers):
    fields, step = [1], 1
    for kernel, pool in layers:
        if kernel < 1 or pool < 1:
            raise ValueError("below 1")
        fields.append(fields[-1] + (kernel + pool - 2) * step)
        step *= pool
    return fields
