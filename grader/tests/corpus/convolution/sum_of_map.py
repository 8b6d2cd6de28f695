# expect:
#   verdict: partial
#   functions: {correlate2d: passed, conv2d: partial}
#   not_passed: [slow]
#   sentence: Your code loops over H and W in Python
#
# sum(map(...)) multiplies where no bytecode is seen, but the loop over the places is.

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
    check_arguments(x, w, b, stride, padding)
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    out = np.zeros((len(x), len(w), *windows.shape[2:4]))
    flat = [filter_.ravel().astype(float).tolist() for filter_ in w]
    for n in range(out.shape[0]):
        for i in range(out.shape[2]):
            for j in range(out.shape[3]):
                patch = windows[n, :, i, j].ravel().tolist()
                for k in range(len(w)):
                    out[n, k, i, j] = sum(map(float.__mul__, flat[k], map(float, patch)))
    return out if b is None else out + b[:, None, None]

# %%
def correlate2d(image, kernel):
    return conv2d(image[None, None], kernel[None, None])[0, 0]
