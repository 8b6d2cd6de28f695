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
    kh, kw = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
    if stride is None:
        stride = 1
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    if min(kh, kw, sh, sw) < 1 or min(ph, pw) < 0 or 2 * ph > kh or 2 * pw > kw:
        raise ValueError("avgpool2d")
    N, C, H, W = x.shape
    if kh > H + 2 * ph or kw > W + 2 * pw:
        raise ValueError("avgpool2d")
    Ho, Wo = (H + 2 * ph - kh) // sh + 1, (W + 2 * pw - kw) // sw + 1
    out = np.zeros((N, C, Ho, Wo))
    for i in range(Ho):
        for j in range(Wo):
            top, left = i * sh - ph, j * sw - pw
            part = x[:, :, max(top, 0):top + kh, max(left, 0):left + kw].astype(float)
            out[:, :, i, j] = part.mean(axis=(2, 3))
    return out


def global_avgpool2d(x):
    return np.mean(x.reshape(x.shape[0], x.shape[1], -1).astype(float), axis=-1)
