# expect:
#   verdict: passed
#   earned: all
#
# Everything written anew, with loops over taps only.

# %%
import numpy as np

# %%
def relu(x):
    out = np.array(x, dtype=np.float32 if np.asarray(x).dtype == np.float32 else np.float64)
    out[out < 0] = 0
    return out

# %%
def conv_block(x, w, b=None, padding=0, pool=1):
    if padding < 0 or pool < 1:
        raise ValueError("padding and pool")
    N, C, H, W = x.shape
    K, C2, kh, kw = w.shape
    ho, wo = H + 2 * padding - kh + 1, W + 2 * padding - kw + 1
    if C != C2 or ho < pool or wo < pool:
        raise ValueError("shapes do not fit")
    xp = np.zeros((N, C, H + 2 * padding, W + 2 * padding))
    xp[:, :, padding : padding + H, padding : padding + W] = x
    maps = np.zeros((N, K, ho, wo))
    for u in range(kh):
        for v in range(kw):
            maps += np.einsum("nchw,kc->nkhw", xp[:, :, u : u + ho, v : v + wo], w[:, :, u, v], optimize=True)
    if b is not None:
        maps += b[None, :, None, None]
    maps = relu(maps)
    best = maps[:, :, ::pool, ::pool][:, :, : ho // pool, : wo // pool].copy()
    for u in range(pool):
        for v in range(pool):
            best = np.maximum(best, maps[:, :, u::pool, v::pool][:, :, : ho // pool, : wo // pool])
    return best

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
