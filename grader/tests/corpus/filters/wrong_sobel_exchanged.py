# expect:
#   verdict: partial
#   functions: {sobel: wrong}
#   causes: [in the wrong order]
#
# Downwards first.

# %%
import numpy as np

# %%
def conv2d(x, w, padding=(0, 0)):
    """Slide every kernel over every grey image: x (N, 1, H, W), w (K, kh, kw), padding (ph, pw) -> (N, K, Ho, Wo)."""
    ph, pw = padding
    x = np.pad(x.astype(float), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    patches = np.lib.stride_tricks.sliding_window_view(x[:, 0], w.shape[1:], axis=(1, 2))
    return np.tensordot(patches, w, axes=([3, 4], [1, 2])).transpose(0, 3, 1, 2)


# %%
def gaussian(size, sigma):
    if size < 1 or size % 2 == 0 or sigma <= 0:
        raise ValueError("size is odd, sigma positive")
    d = np.arange(size) - size // 2
    g = np.exp(-(d[:, None] ** 2 + d**2) / (2 * sigma**2))
    return g / g.sum()


# %%
def sobel():
    right = np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
    return np.array([right.T, right])


# %%
def laplacian():
    return np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])


# %%
def edge_strength(images):
    n, c, height, width = images.shape
    if height < 3 or width < 3:
        raise ValueError("too small")
    maps = conv2d(images.reshape(n * c, 1, height, width), sobel())
    return np.sqrt((maps**2).sum(axis=1)).reshape(n, c, height - 2, width - 2)


# %%
def feature_maps(images, bank):
    if images.ndim != 4 or images.shape[1] != 1:
        raise ValueError("grey images only")
    if bank.ndim != 3 or bank.shape[1] % 2 == 0 or bank.shape[2] % 2 == 0:
        raise ValueError("kernels need a middle")
    return conv2d(images, bank, (bank.shape[1] // 2, bank.shape[2] // 2))


# %%
def to_display(maps):
    maps = maps.astype(float)
    low, high = maps.min(axis=(2, 3), keepdims=True), maps.max(axis=(2, 3), keepdims=True)
    return (maps - low) / np.where(high > low, high - low, 1)
