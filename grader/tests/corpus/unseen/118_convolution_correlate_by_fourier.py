import numpy as np


def correlate2d(image, kernel):
    H, W = image.shape
    kh, kw = kernel.shape
    if kh > H or kw > W:
        raise ValueError("kernel is larger than the image")
    spectrum = np.fft.fft2(image) * np.fft.fft2(kernel, s=(H, W))
    result = np.real(np.fft.ifft2(spectrum))
    return result[:H - kh + 1, :W - kw + 1]


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
