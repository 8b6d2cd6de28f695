import numpy as np


def conv2d(x, w, padding=(0, 0)):
    """Slide every kernel over every grey image: x (N, 1, H, W), w (K, kh, kw), padding (ph, pw) -> (N, K, Ho, Wo)."""
    ph, pw = padding
    x = np.pad(x.astype(float), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    patches = np.lib.stride_tricks.sliding_window_view(x[:, 0], w.shape[1:], axis=(1, 2))
    return np.tensordot(patches, w, axes=([3, 4], [1, 2])).transpose(0, 3, 1, 2)


def gaussian(size, sigma):
    if size % 2 != 1 or size < 1 or sigma <= 0:
        raise ValueError("gaussian: wrong arguments")
    line = np.exp(-np.linspace(-(size // 2), size // 2, size) ** 2 / 2 / sigma ** 2)
    kernel = np.outer(line, line)
    return kernel / np.sum(kernel)


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
    N, C, H, W = images.shape
    K, kh, kw = bank.shape
    if C != 1:
        raise ValueError("only grey images")
    if kh % 2 == 0 and kw % 2 == 0:
        raise ValueError("sizes of kernels must be odd")
    ph, pw = kh // 2, kw // 2
    framed = np.zeros((N, H + 2 * ph, W + 2 * pw))
    framed[:, ph:ph + H, pw:pw + W] = images[:, 0]
    out = np.zeros((N, K, H, W))
    for u in range(kh):
        for v in range(kw):
            out += framed[:, None, u:u + H, v:v + W] * bank[None, :, u, v, None, None]
    return out


def to_display(maps):
    out = np.zeros(maps.shape)
    for n in range(maps.shape[0]):
        for k in range(maps.shape[1]):
            m = maps[n, k].astype(float)
            if m.max() != m.min():
                out[n, k] = (m - m.min()) / (m.max() - m.min())
    return out
