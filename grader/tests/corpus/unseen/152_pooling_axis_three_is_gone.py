import numpy as np


def maxpool2d(x, kernel_size, stride=None, padding=0):
    stride = kernel_size if stride is None else stride
    (kh, kw), (sh, sw), (ph, pw) = [a if isinstance(a, tuple) else (a, a) for a in (kernel_size, stride, padding)]
    if min(kh, kw, sh, sw) < 1 or min(ph, pw) < 0 or 2 * ph > kh or 2 * pw > kw:
        raise ValueError("bad arguments")
    xp = np.pad(x.astype(float), [(0, 0), (0, 0), (ph, ph), (pw, pw)], constant_values=-np.inf)
    if kh > xp.shape[2] or kw > xp.shape[3]:
        raise ValueError("window too large")
    return np.lib.stride_tricks.sliding_window_view(xp, (kh, kw), axis=(2, 3))[:, :, ::sh, ::sw].max(axis=(4, 5))


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
    x = x.astype(float)
    means_of_columns = x.mean(axis=2)
    return means_of_columns.mean(axis=3)
