# expect:
#   verdict: partial
#   functions: {maxpool2d: passed, avgpool2d: passed, global_avgpool2d: wrong}

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
def windows(x, size, stride):
    return np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(2, 3))[:, :, ::stride, ::stride]

# %%
def maxpool2d(x, kernel_size, stride=None, padding=0):
    stride = checked(x, kernel_size, stride, padding)
    return windows(padded(x, padding, -np.inf), kernel_size, stride).max(axis=(4, 5))

# %%
def avgpool2d(x, kernel_size, stride=None, padding=0):
    stride = checked(x, kernel_size, stride, padding)
    return windows(padded(x, padding, 0), kernel_size, stride).mean(axis=(4, 5))

# %%
def global_avgpool2d(x):
    return x.mean(axis=(1, 2, 3))
