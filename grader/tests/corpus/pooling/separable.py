# expect:
#   verdict: passed
#   earned: all
#
# First along the columns, then along the rows.

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
def along(x, k, s, axis, join):
    n = (x.shape[axis] - k) // s + 1
    parts = [np.take(x, np.arange(n) * s + u, axis=axis) for u in range(k)]
    result = parts[0]
    for part in parts[1:]:
        result = join(result, part)
    return result

# %%
def maxpool2d(x, kernel_size, stride=None, padding=0):
    s = checked(x, kernel_size, stride, padding)
    rows = along(padded(x, padding, -np.inf), kernel_size, s, 2, np.maximum)
    return along(rows, kernel_size, s, 3, np.maximum)

# %%
def avgpool2d(x, kernel_size, stride=None, padding=0):
    s = checked(x, kernel_size, stride, padding)
    rows = along(padded(x, padding, 0), kernel_size, s, 2, np.add)
    return along(rows, kernel_size, s, 3, np.add) / (kernel_size * kernel_size)

# %%
def global_avgpool2d(x):
    return x.mean(axis=(2, 3))
