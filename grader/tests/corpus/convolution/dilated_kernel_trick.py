# expect:
#   verdict: passed
#   earned: all
#
# Indices into the flattened image.

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
    """Every kernel becomes a sparse row that is multiplied with the flattened image."""
    check_arguments(x, w, b, stride, padding)
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    N, C, H, W = xp.shape
    K, _, kh, kw = w.shape
    ho, wo = (H - kh) // stride + 1, (W - kw) // stride + 1
    pixel = np.arange(H * W).reshape(H, W)
    corner = pixel[: ho * stride : stride, : wo * stride : stride][:ho, :wo].reshape(-1, 1)
    offset = pixel[:kh, :kw].reshape(1, -1)
    patches = xp.reshape(N, C, H * W)[:, :, corner + offset]
    out = np.matmul(patches.transpose(0, 2, 1, 3).reshape(N, ho * wo, C * kh * kw), w.reshape(K, -1).T.astype(float))
    out = out.transpose(0, 2, 1).reshape(N, K, ho, wo)
    return out if b is None else out + b.reshape(K, 1, 1)

# %%
def correlate2d(image, kernel):
    if kernel.shape[0] > image.shape[0] or kernel.shape[1] > image.shape[1]:
        raise ValueError("the kernel is larger than the image")
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijuv,uv->ij", windows, kernel.astype(float))
