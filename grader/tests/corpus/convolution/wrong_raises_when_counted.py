# expect:
#   verdict: partial
#   functions: {correlate2d: passed, conv2d: partial}
#   not_passed: [raised]
#   earned: 15
#   sentence: conv2d raised RuntimeError
#
# Raises on the small input on which its loops are counted: that fails the case.

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
def conv2d(x, w, b=None, stride=1, padding=0):
    if x.shape == (1, 1, 3, 2) and w.shape == (1, 1, 2, 1):
        raise RuntimeError("not countable")
    check_arguments(x, w, b, stride, padding)
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    ho, wo = (padded.shape[2] - w.shape[2]) // stride + 1, (padded.shape[3] - w.shape[3]) // stride + 1
    out, flat = np.zeros((len(x), len(w), ho, wo)), w.reshape(len(w), -1).T.astype(float)
    for i, j in np.ndindex(ho, wo):
        seen = padded[:, :, i * stride : i * stride + w.shape[2], j * stride : j * stride + w.shape[3]]
        out[:, :, i, j] = seen.reshape(len(x), -1) @ flat
    return out if b is None else out + b[:, None, None]

# %%
def correlate2d(image, kernel):
    return conv2d(image[None, None], kernel[None, None])[0, 0]
