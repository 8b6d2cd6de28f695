# expect:
#   verdict: passed
#   functions: {pad2d: passed, output_size: passed, same_padding: passed}
#   earned: all
#   sentence: Your code loops over H in Python, and is quick enough
#
# Row after row: quicker than half of the good ways without a loop.

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
