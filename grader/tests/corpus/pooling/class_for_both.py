# expect:
#   verdict: passed
#   earned: all
#
# The functions are classes.

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
class Pool:
    outside, reduce = None, None

    def __new__(cls, x, kernel_size, stride=None, padding=0):
        stride = checked(x, kernel_size, stride, padding)
        return cls.reduce(windows(padded(x, padding, cls.outside), kernel_size, stride), axis=(-2, -1))


class MaxPool(Pool):
    outside, reduce = -np.inf, staticmethod(np.max)


class MeanPool(Pool):
    outside, reduce = 0.0, staticmethod(np.mean)

# %%
maxpool2d, avgpool2d = MaxPool, MeanPool

# %%
def global_avgpool2d(x):
    total = x.sum(axis=3, dtype=np.float64).sum(axis=2)
    return total / (x.shape[2] * x.shape[3])
