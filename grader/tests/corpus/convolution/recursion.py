# expect:
#   verdict: passed
#   earned: all
#
# A function that calls itself, row by row.

# %%
import numpy as np

# %%
def correlate2d(image, kernel):
    """The first row of the kernel, and then the rest of it one row further down."""
    kh, kw = kernel.shape
    if kh > image.shape[0] or kw > image.shape[1]:
        raise ValueError("the kernel does not fit")
    ho, wo = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    if kh == 1 and kw == 1:
        return image * float(kernel[0, 0])
    if kh == 1:
        return image[:, :wo] * float(kernel[0, 0]) + correlate2d(image[:, 1:], kernel[:, 1:])
    return correlate2d(image[:ho], kernel[:1]) + correlate2d(image[1:], kernel[1:])

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
def conv2d(x, w, b=None, stride=1, padding=0):
    check_arguments(x, w, b, stride, padding)
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))

    def rows_from(u):
        if u == w.shape[2]:
            return 0
        ho = xp.shape[2] - w.shape[2] + 1
        windows = np.lib.stride_tricks.sliding_window_view(xp[:, :, u : u + ho], w.shape[3], axis=3)
        here = np.tensordot(windows[:, :, ::stride, ::stride], w[:, :, u].astype(float), ([1, 4], [1, 2]))
        return here + rows_from(u + 1)

    out = rows_from(0).transpose(0, 3, 1, 2)
    return out if b is None else out + b.reshape(1, len(b), 1, 1)
