# expect:
#   verdict: partial
#   not_passed: [slow]
#   functions: {maxpool2d: partial, avgpool2d: passed, global_avgpool2d: passed}
#   sentence: the reference's time
#
# Right, number by number.

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
def maxpool2d(x, kernel_size, stride=None, padding=0):
    s = checked(x, kernel_size, stride, padding)
    xp = padded(x, padding, float("-inf"))
    N, C, H, W = xp.shape
    out = np.full((N, C, (H - kernel_size) // s + 1, (W - kernel_size) // s + 1), -np.inf)
    for n, c, i, j in np.ndindex(out.shape):
        for u in range(kernel_size):
            for v in range(kernel_size):
                number = xp[n, c, i * s + u, j * s + v]
                # NaN is larger than everything, as np.max has it.
                if number > out[n, c, i, j] or number != number:
                    out[n, c, i, j] = number
    return out

# %%
def avgpool2d(x, kernel_size, stride=None, padding=0):
    s = checked(x, kernel_size, stride, padding)
    xp = padded(x, padding, 0)
    N, C, H, W = xp.shape
    out = np.zeros((N, C, (H - kernel_size) // s + 1, (W - kernel_size) // s + 1))
    for n, c, i, j in np.ndindex(out.shape):
        out[n, c, i, j] = xp[n, c, i * s : i * s + kernel_size, j * s : j * s + kernel_size].mean()
    return out

# %%
def global_avgpool2d(x):
    return x.mean(axis=(2, 3))
