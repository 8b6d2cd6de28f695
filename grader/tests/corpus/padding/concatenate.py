# expect:
#   verdict: passed
#   earned: all
#
# Strips glued on; the size by counting.

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
    x = x.astype(float_type(x))
    side = np.full((*x.shape[:3], pw), value, x.dtype)
    x = np.concatenate([side, x, side], axis=3)
    edge = np.full((*x.shape[:2], ph, x.shape[3]), value, x.dtype)
    return np.concatenate([edge, x, edge], axis=2)

# %%
def output_size(size, kernel, stride=1, padding=0):
    if stride < 1 or padding < 0 or kernel < 1:
        raise ValueError("impossible")
    starts = range(0, size + 2 * padding - kernel + 1, stride)
    if not starts:
        raise ValueError("the kernel is larger than the padded image")
    return len(starts)

# %%
def same_padding(kernel):
    if kernel < 1 or kernel % 2 == 0:
        raise ValueError("the kernel must be odd")
    return (kernel - 1) // 2
