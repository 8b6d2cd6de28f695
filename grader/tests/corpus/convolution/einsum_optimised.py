# expect:
#   verdict: passed
#   earned: all
#
# einsum that may turn into a matrix product.

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
    ring = [(0, 0), (0, 0), (padding,) * 2, (padding,) * 2]
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(x, ring), w.shape[2:], axis=(-2, -1))
    windows = windows[..., ::stride, ::stride, :, :]
    result_type = np.result_type(x, w, np.float32)
    out = np.einsum("ncijuv,kcuv->nkij", windows, w, optimize=True).astype(result_type)
    if b is not None:
        out = out + b[:, None, None]
    return out

# %%
def correlate2d(image, kernel):
    if kernel.shape[0] > image.shape[0] or kernel.shape[1] > image.shape[1]:
        raise ValueError("the kernel is larger than the image")
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijuv,uv->ij", windows, kernel.astype(float))
