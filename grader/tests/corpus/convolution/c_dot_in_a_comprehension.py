# expect:
#   verdict: passed
#   functions: {correlate2d: passed, conv2d: passed}
#   earned: all
#   sentence: Your code loops over H and W in Python, and is quick enough
#
# A product with all filters at each place, in a comprehension of one call of C code, which is counted.

# %%
import numpy as np

# %%
def check_arguments(x, w, b, stride, padding):
    if stride < 1:
        raise ValueError("stride must be at least 1")
    if padding < 0:
        raise ValueError("padding must not be negative")
    if x.shape[1] != w.shape[1]:
        raise ValueError("x and w have different numbers of channels")
    if b is not None and len(b) != len(w):
        raise ValueError("there must be one bias per filter")
    if w.shape[2] > x.shape[2] + 2 * padding or w.shape[3] > x.shape[3] + 2 * padding:
        raise ValueError("the kernel is larger than the padded image")

# %%
def patches_and_filters(x, w, b, stride, padding):
    """What lies under the filters, a row for each place; the filters, a row each; and the shape of what comes out."""
    check_arguments(x, w, b, stride, padding)
    kh, kw = w.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    found = np.lib.stride_tricks.sliding_window_view(xp, (kh, kw), axis=(2, 3))[:, :, ::stride, ::stride]
    n, _, ho, wo = found.shape[:4]
    return found.transpose(0, 2, 3, 1, 4, 5).reshape(n * ho * wo, -1), w.reshape(len(w), -1), (n, ho, wo, len(w))


def finished(out, b, shape):
    out = np.asarray(out, dtype=float).reshape(shape).transpose(0, 3, 1, 2)
    return out if b is None else out + b[:, None, None]


def conv2d(x, w, b=None, stride=1, padding=0):
    patches, filters, shape = patches_and_filters(x, w, b, stride, padding)
    dot = filters.dot
    return finished([dot(patch) for patch in patches], b, shape)

# %%
def correlate2d(image, kernel):
    return conv2d(image[None, None], kernel[None, None])[0, 0]
