# expect:
#   verdict: passed
#   earned: all
#
# A loop over the places in the window.

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
def taps(x, k, s):
    ho, wo = (x.shape[2] - k) // s + 1, (x.shape[3] - k) // s + 1
    for u in range(k):
        for v in range(k):
            yield x[:, :, u : u + (ho - 1) * s + 1 : s, v : v + (wo - 1) * s + 1 : s]

# %%
def maxpool2d(x, kernel_size, stride=None, padding=0):
    stride = checked(x, kernel_size, stride, padding)
    best = None
    for part in taps(padded(x, padding, -np.inf), kernel_size, stride):
        best = part.copy() if best is None else np.maximum(best, part)
    return best

# %%
def avgpool2d(x, kernel_size, stride=None, padding=0):
    stride = checked(x, kernel_size, stride, padding)
    return sum(taps(padded(x, padding, 0), kernel_size, stride)) / kernel_size**2

# %%
def global_avgpool2d(x):
    return x.mean(axis=(2, 3))
