import numpy as np


def correlate2d(image, kernel):
    H, W = image.shape
    kh, kw = kernel.shape
    if kh > H or kw > W:
        raise ValueError("kernel larger than image")
    out = np.zeros((H - kh + 1, W - kw + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(image[i:i + kh, j:j + kw].astype(float) * kernel)
    return out


def conv2d(x, w, b=None, stride=1, padding=0):
    (n, c, h, v), (k, c2, kh, kw) = x.shape, w.shape
    if c != c2 or stride < 1 or padding < 0:
        raise ValueError("check channels, stride, padding")
    if h + 2 * padding < kh or v + 2 * padding < kw:
        raise ValueError("check kernel size")
    if b is not None and np.shape(b) != (k,):
        raise ValueError("check bias")
    new_h = np.floor((h + 2 * padding - kh) / stride) + 1
    new_w = np.floor((v + 2 * padding - kw) / stride) + 1
    y = np.zeros((n, k, new_h, new_w))
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding))).astype(float)
    for i in range(new_h):
        for j in range(new_w):
            piece = xp[:, :, i * stride:i * stride + kh, j * stride:j * stride + kw]
            y[:, :, i, j] = np.tensordot(piece, w, axes=[(1, 2, 3), (1, 2, 3)])
    return y if b is None else y + b[:, np.newaxis, np.newaxis]
