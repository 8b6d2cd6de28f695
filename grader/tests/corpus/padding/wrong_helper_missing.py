# expect:
#   verdict: partial
#   functions: {pad2d: raised, output_size: passed, same_padding: passed}
#   sentence: NameError
#
# The cell with the helper was deleted.

# %%
import numpy as np

# %%
def pad2d(x, padding, value=0.0):
    ph, pw = both(padding)
    n, c, h, w = x.shape
    out = np.full((n, c, h + 2 * ph, w + 2 * pw), value, dtype=np.float64)
    out[:, :, ph : ph + h, pw : pw + w] = x
    return out

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
