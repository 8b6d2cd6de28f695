import numpy as np


def correlate2d(image, kernel):
    kh, kw = kernel.shape
    rows, cols = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    if rows <= 0 or cols <= 0:
        raise ValueError("kernel too large")
    kernel = np.flipud(np.fliplr(kernel)).astype(float)
    out = np.empty((rows, cols))
    for r in range(rows):
        for s in range(cols):
            out[r, s] = (image[r:r + kh, s:s + kw] * kernel).sum()
    return out


def conv2d(x, w, b=None, stride=1, padding=0):
    k, c, kh, kw = w.shape
    if stride < 1 or padding < 0 or x.shape[1] != c or (b is not None and b.shape != (k,)):
        raise ValueError("arguments do not fit")
    xp = np.pad(x.astype(float), [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    if kh > xp.shape[2] or kw > xp.shape[3]:
        raise ValueError("kernel larger than image")
    win = np.lib.stride_tricks.sliding_window_view(xp, (kh, kw), axis=(2, 3))[:, :, ::stride, ::stride]
    out = np.einsum("ncijuv,kcuv->nkij", win, w, optimize=True)
    return out if b is None else out + b.reshape(1, -1, 1, 1)
