import numpy as np


def maxpool2d(x, kernel_size, stride=None, padding=0):
    if isinstance(kernel_size, int):
        kernel_size = (kernel_size, kernel_size)
    if stride is None:
        stride = kernel_size
    kh, kw = kernel_size
    sh, sw = stride
    ph, pw = padding
    if min(kh, kw, sh, sw) < 1 or min(ph, pw) < 0 or ph > kh / 2 or pw > kw / 2:
        raise ValueError("maxpool2d")
    x = np.pad(x.astype(float), ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=-np.inf)
    if kh > x.shape[2] or kw > x.shape[3]:
        raise ValueError("maxpool2d")
    out = np.zeros((x.shape[0], x.shape[1], (x.shape[2] - kh) // sh + 1, (x.shape[3] - kw) // sw + 1))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            out[:, :, i, j] = np.max(x[:, :, i * sh:i * sh + kh, j * sw:j * sw + kw], axis=(2, 3))
    return out


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
    return x.astype(float).mean(axis=(2, 3))
