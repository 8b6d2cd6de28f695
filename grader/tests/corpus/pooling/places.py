# expect:
#   verdict: passed
#   earned: all
#
# A loop over the places of the map where windows overlap, reshape where they do not.

# %%
import numpy as np

# %%
def checked(x, kernel_size, stride, padding):
    stride = kernel_size if stride is None else stride
    if kernel_size < 1 or stride < 1 or padding < 0 or 2 * padding > kernel_size:
        raise ValueError("impossible window")
    if kernel_size > min(x.shape[2:]) + 2 * padding:
        raise ValueError("the window is larger than the padded image")
    return stride

# %%
def padded(x, padding, value):
    dtype = np.float32 if x.dtype == np.float32 else np.float64
    p = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    return np.pad(x.astype(dtype), p, constant_values=value)

# %%
def pooled(x, k, s, reduce):
    ho, wo = (x.shape[2] - k) // s + 1, (x.shape[3] - k) // s + 1
    out = np.empty((*x.shape[:2], ho, wo), x.dtype)
    for i, j in np.ndindex(ho, wo):
        out[:, :, i, j] = reduce(x[:, :, i * s : i * s + k, j * s : j * s + k], axis=(2, 3))
    return out

# %%
def maxpool2d(x, kernel_size, stride=None, padding=0):
    s = checked(x, kernel_size, stride, padding)
    if s == kernel_size and not padding:
        ho, wo = x.shape[2] // s, x.shape[3] // s
        blocks = padded(x, 0, 0)[:, :, : ho * s, : wo * s].reshape(*x.shape[:2], ho, s, wo, s)
        return blocks.max(axis=3).max(axis=4)
    return pooled(padded(x, padding, -np.inf), kernel_size, s, np.max)

# %%
def avgpool2d(x, kernel_size, stride=None, padding=0):
    s = checked(x, kernel_size, stride, padding)
    return pooled(padded(x, padding, 0.0), kernel_size, s, np.mean)

# %%
def global_avgpool2d(x):
    return x.reshape(*x.shape[:2], -1).astype(float).mean(-1)
