# expect:
#   verdict: partial
#   functions: {correlate2d: passed, conv2d: raised}
#   sentence: since NumPy 2.4
#
# float(array of shape (1, 1)) is a TypeError since NumPy 2.4.

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
    N, C, H, W = x.shape
    K, _, kh, kw = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    Ho = (H + 2 * padding - kh) // stride + 1
    Wo = (W + 2 * padding - kw) // stride + 1
    out = np.zeros((N, K, Ho, Wo))
    for i in range(Ho):
        for j in range(Wo):
            patch = xp[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
            for n in range(N):
                for k in range(K):
                    out[n, k, i, j] = float(np.sum(patch[n] * w[k], axis=(1, 2), keepdims=True).sum(axis=0))
    if b is not None:
        out += b[:, None, None]
    return out

# %%
def correlate2d(image, kernel):
    if kernel.shape[0] > image.shape[0] or kernel.shape[1] > image.shape[1]:
        raise ValueError("the kernel is larger than the image")
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijuv,uv->ij", windows, kernel.astype(float))
