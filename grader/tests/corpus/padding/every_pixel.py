# expect:
#   verdict: partial
#   not_passed: [slow]
#   functions: {pad2d: partial, output_size: passed, same_padding: passed}
#   sentence: the reference's time
#
# Right, pixel by pixel.

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
    N, C, H, W = x.shape
    out = np.empty((N, C, H + 2 * ph, W + 2 * pw))
    for n in range(N):
        for c in range(C):
            for i in range(H + 2 * ph):
                for j in range(W + 2 * pw):
                    if ph <= i < ph + H and pw <= j < pw + W:
                        out[n, c, i, j] = x[n, c, i - ph, j - pw]
                    else:
                        out[n, c, i, j] = value
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
