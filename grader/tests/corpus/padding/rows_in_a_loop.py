# expect:
#   verdict: partial
#   functions: {pad2d: partial, output_size: passed, same_padding: passed}
#   not_passed: [slow]
#   earned: 6.5
#   sentence: Your code loops over H in Python
#
# Row after row: in time, and not vectorised.

# %%
import numpy as np

# %%
def both(padding):
    ph, pw = (padding, padding) if np.ndim(padding) == 0 else padding
    if ph < 0 or pw < 0:
        raise ValueError("padding must not be negative")
    return int(ph), int(pw)


def float_type(x):
    return np.float32 if x.dtype == np.float32 else np.float64

# %%
def pad2d(x, padding, value=0.0):
    ph, pw = both(padding)
    H, W = x.shape[2:]
    out = np.zeros(x.shape[:2] + (H + 2 * ph, W + 2 * pw)) + value
    for i in range(H):
        out[:, :, i + ph, pw : pw + W] = x[:, :, i]
    return out

# %%
def output_size(size, kernel, stride=1, padding=0):
    if stride < 1:
        raise ValueError("stride")
    if padding < 0:
        raise ValueError("padding")
    if kernel < 1 or size + 2 * padding < kernel:
        raise ValueError("kernel")
    return int(np.floor((size + 2 * padding - kernel) / stride)) + 1

# %%
def same_padding(kernel):
    if kernel < 1 or kernel % 2 == 0:
        raise ValueError("the kernel must be odd")
    return (kernel - 1) // 2
