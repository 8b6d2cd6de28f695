# expect:
#   verdict: passed
#   earned: all
#
# A helper for one plane, and a nested list of planes.

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
    dtype = float_type(x)

    def frame(plane):
        out = np.empty((plane.shape[0] + 2 * ph, plane.shape[1] + 2 * pw), dtype)
        out.fill(value)
        out[ph : out.shape[0] - ph, pw : out.shape[1] - pw] = plane
        return out

    return np.array([[frame(plane) for plane in image] for image in x])

# %%
def output_size(size, kernel, stride=1, padding=0):
    if stride < 1 or padding < 0 or kernel < 1 or kernel > size + 2 * padding:
        raise ValueError("no window fits")
    return (size + 2 * padding - kernel) // stride + 1

# %%
def same_padding(kernel):
    half, rest = divmod(kernel, 2)
    if rest == 0 or kernel < 0:
        raise ValueError("an even kernel has no centre")
    return half
