# expect:
#   verdict: partial
#   not_passed: [slow]
#   functions: {relu: passed, conv_block: passed, feature_hierarchy: partial, receptive_field: passed}
#   sentence: the reference's time
#
# Loops over images, filters and places.

# %%
import numpy as np

# %%
def relu(x):
    return np.maximum(x, 0.0)

# %%
def conv_block(x, w, b=None, padding=0, pool=1):
    if padding < 0 or pool < 1 or x.shape[1] != w.shape[1]:
        raise ValueError("arguments do not fit")
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    ho, wo = x.shape[2] - w.shape[2] + 1, x.shape[3] - w.shape[3] + 1
    if ho < pool or wo < pool:
        raise ValueError("too large")
    out = np.zeros((len(x), len(w), ho // pool, wo // pool))
    for n in range(len(x)):
        for k in range(len(w)):
            for i in range(ho // pool):
                for j in range(wo // pool):
                    for top in range(i * pool, i * pool + pool):
                        for left in range(j * pool, j * pool + pool):
                            patch = x[n, :, top : top + w.shape[2], left : left + w.shape[3]]
                            number = np.sum(patch * w[k]) + (0 if b is None else b[k])
                            # Written so that NaN would be kept, too.
                            if not number <= out[n, k, i, j]:
                                out[n, k, i, j] = number
    return out

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
