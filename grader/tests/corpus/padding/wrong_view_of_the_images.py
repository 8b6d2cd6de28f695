# expect:
#   verdict: partial
#   functions: {pad2d: partial, output_size: passed}
#   sentence: returned its argument, or a view of it
#
# Nothing to do for a padding of 0, so the images go straight back.

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
    if ph == pw == 0 and x.dtype == float:
        return x
    return np.pad(x.astype(float_type(x)), ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=value)

# %%
def output_size(size, kernel, stride=1, padding=0):
    if stride < 1 or padding < 0 or kernel < 1 or kernel > size + 2 * padding:
        raise ValueError("no window fits")
    return (size + 2 * padding - kernel) // stride + 1

# %%
def same_padding(kernel):
    if kernel < 1 or kernel % 2 == 0:
        raise ValueError("the kernel must be odd")
    return (kernel - 1) // 2
