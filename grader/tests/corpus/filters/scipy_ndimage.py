# expect:
#   verdict: passed
#   earned: all
#   packages: [scipy]
#
# correlate from scipy.ndimage, image by image.

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
    return np.array([right, right.T])


# %%
def laplacian():
    return np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])


# %%
from scipy import ndimage


def edge_strength(images):
    if min(images.shape[2:]) < 3:
        raise ValueError("too small")
    out = []
    for image in images.astype(float):
        gradients = [(ndimage.sobel(channel, axis=1), ndimage.sobel(channel, axis=0)) for channel in image]
        out.append([np.hypot(gx, gy)[1:-1, 1:-1] for gx, gy in gradients])
    return np.array(out)


# %%
def feature_maps(images, bank):
    if images.shape[1] != 1:
        raise ValueError("one channel")
    if not all(side % 2 for side in bank.shape[1:]):
        raise ValueError("odd sides")
    return np.array(
        [[ndimage.correlate(image[0].astype(float), kernel.astype(float), mode="constant") for kernel in bank] for image in images]
    )


# %%
def to_display(maps):
    maps = maps.astype(float)
    low, high = maps.min(axis=(2, 3), keepdims=True), maps.max(axis=(2, 3), keepdims=True)
    return (maps - low) / np.where(high > low, high - low, 1)
