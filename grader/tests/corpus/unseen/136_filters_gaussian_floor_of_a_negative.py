import numpy as np


def conv2d(x, w, padding=(0, 0)):
    """Slide every kernel over every grey image: x (N, 1, H, W), w (K, kh, kw), padding (ph, pw) -> (N, K, Ho, Wo)."""
    ph, pw = padding
    x = np.pad(x.astype(float), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    patches = np.lib.stride_tricks.sliding_window_view(x[:, 0], w.shape[1:], axis=(1, 2))
    return np.tensordot(patches, w, axes=([3, 4], [1, 2])).transpose(0, 3, 1, 2)


def gaussian(size, sigma):
    if size % 2 == 0 or size < 1 or sigma <= 0:
        raise ValueError("gaussian(size, sigma)")
    ys = np.arange(-size // 2, size // 2 + 1)
    xs = np.arange(-size // 2, size // 2 + 1)
    yy, xx = np.meshgrid(ys, xs, indexing="ij")
    g = np.exp(-(yy ** 2 + xx ** 2) / (2.0 * sigma * sigma))
    return g / np.sum(g)


def sobel():
    return np.array([np.outer([1.0, 2, 1], [-1, 0, 1]), np.outer([-1.0, 0, 1], [1, 2, 1])])


def laplacian():
    return np.array([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]])


def edge_strength(images):
    if images.ndim != 4 or images.shape[2] < 3 or images.shape[3] < 3:
        raise ValueError("at least 3x3")
    N, C, H, W = images.shape
    g = conv2d(images.reshape(N * C, 1, H, W), sobel())
    return np.hypot(g[:, 0], g[:, 1]).reshape(N, C, H - 2, W - 2)


def feature_maps(images, bank):
    if images.ndim != 4 or images.shape[1] != 1 or bank.ndim != 3 or bank.shape[1] % 2 == 0 or bank.shape[2] % 2 == 0:
        raise ValueError("grey images and odd kernels")
    return conv2d(images, bank, (bank.shape[1] // 2, bank.shape[2] // 2))


def to_display(maps):
    low = maps.min(axis=(2, 3), keepdims=True).astype(float)
    span = maps.max(axis=(2, 3), keepdims=True) - low
    return (maps - low) / np.where(span == 0, 1, span)
