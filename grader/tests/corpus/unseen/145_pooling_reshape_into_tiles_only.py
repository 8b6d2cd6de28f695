import numpy as np


def maxpool2d(x, kernel_size, stride=None, padding=0):
    kh, kw = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
    if kh < 1 or kw < 1:
        raise ValueError("kernel")
    n, c, h, w = x.shape
    tiles = x.astype(float).reshape(n, c, h // kh, kh, w // kw, kw)
    return tiles.max(axis=(3, 5))


def avgpool2d(x, kernel_size, stride=None, padding=0):
    stride = kernel_size if stride is None else stride
    (kh, kw), (sh, sw), (ph, pw) = [a if isinstance(a, tuple) else (a, a) for a in (kernel_size, stride, padding)]
    if min(kh, kw, sh, sw) < 1 or min(ph, pw) < 0 or 2 * ph > kh or 2 * pw > kw:
        raise ValueError("bad arguments")
    xp = np.pad(x.astype(float), [(0, 0), (0, 0), (ph, ph), (pw, pw)])
    if kh > xp.shape[2] or kw > xp.shape[3]:
        raise ValueError("window too large")
    return np.lib.stride_tricks.sliding_window_view(xp, (kh, kw), axis=(2, 3))[:, :, ::sh, ::sw].mean(axis=(4, 5))


def global_avgpool2d(x):
    return np.mean(x.reshape(x.shape[0], x.shape[1], -1).astype(float), axis=-1)
