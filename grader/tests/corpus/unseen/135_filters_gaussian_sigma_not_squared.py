import numpy as np


def conv2d(x, w, padding=(0, 0)):
    """Slide every kernel over every grey image: x (N, 1, H, W), w (K, kh, kw), padding (ph, pw) -> (N, K, Ho, Wo)."""
    ph, pw = padding
    x = np.pad(x.astype(float), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    patches = np.lib.stride_tricks.sliding_window_view(x[:, 0], w.shape[1:], axis=(1, 2))
    return np.tensordot(patches, w, axes=([3, 4], [1, 2])).transpose(0, 3, 1, 2)


def gaussian(size, sigma):
    if size < 1 or size % 2 == 0:
        raise ValueError("size must be odd")
    if sigma <= 0:
        raise ValueError("sigma must be positive")
    c = size // 2
    kernel = np.zeros((size, size))
    for i in range(size):
        for j in range(size):
            d2 = (i - c) ** 2 + (j - c) ** 2
            kernel[i, j] = np.exp(-d2 / (2 * sigma))
    return kernel / kernel.sum()


def sobel():
    right = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    return np.stack([right, right.T])


def laplacian():
    return np.array([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]])


def edge_strength(images):
    if images.ndim != 4 or min(images.shape[2:]) < 3:
        raise ValueError("images too small")
    gx, gy = [np.stack([conv2d(images[:, c:c + 1], k[None])[:, 0] for c in range(images.shape[1])], axis=1) for k in sobel()]
    return np.sqrt(gx ** 2 + gy ** 2)


def feature_maps(images, bank):
    if images.ndim != 4 or images.shape[1] != 1 or bank.ndim != 3 or bank.shape[1] % 2 == 0 or bank.shape[2] % 2 == 0:
        raise ValueError("grey images and odd kernels")
    return conv2d(images, bank, (bank.shape[1] // 2, bank.shape[2] // 2))


def to_display(maps):
    out = np.zeros(maps.shape)
    for n in range(maps.shape[0]):
        for k in range(maps.shape[1]):
            m = maps[n, k].astype(float)
            if m.max() != m.min():
                out[n, k] = (m - m.min()) / (m.max() - m.min())
    return out
