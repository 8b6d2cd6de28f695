# expect:
#   verdict: partial
#   functions: {correlate2d: passed, conv2d: raised}
#   sentence: 0 to 2, and `j` is 3

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
    for i in range(H):
        for j in range(W):
            patch = xp[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
            out[:, :, i, j] = np.einsum('ncuv,kcuv->nk', patch, w[:, :, : patch.shape[2], : patch.shape[3]])
    if b is not None:
        out += b[:, None, None]
    return out

# %%
def correlate2d(image, kernel):
    if kernel.shape[0] > image.shape[0] or kernel.shape[1] > image.shape[1]:
        raise ValueError("the kernel is larger than the image")
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijuv,uv->ij", windows, kernel.astype(float))
