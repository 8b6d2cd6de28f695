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
    f, d, m, n = w.shape
    if d != x.shape[1]:
        raise ValueError("channels differ")
    if stride < 1 or padding < 0:
        raise ValueError("stride or padding")
    if b is not None and len(b) != f:
        raise ValueError("bias")
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding))).astype(float)
    if m > x.shape[2] or n > x.shape[3]:
        raise ValueError("filter does not fit")
    views = np.lib.stride_tricks.sliding_window_view(x, (m, n), axis=(2, 3))
    views = views[:, :, ::stride, ::stride]
    out = np.einsum("bdijmn,fdnm->bfij", views, w)
    if b is not None:
        out += np.reshape(b, (1, f, 1, 1))
    return out
