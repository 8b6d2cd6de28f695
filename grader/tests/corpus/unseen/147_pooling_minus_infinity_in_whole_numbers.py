import numpy as np


def maxpool2d(x, kernel_size, stride=None, padding=0):
    if stride is None:
        stride = kernel_size
    if not isinstance(kernel_size, tuple):
        kernel_size = (kernel_size,) * 2
    if not isinstance(stride, tuple):
        stride = (stride,) * 2
    if not isinstance(padding, tuple):
        padding = (padding,) * 2
    if min(kernel_size) < 1 or min(stride) < 1 or min(padding) < 0:
        raise ValueError("not possible")
    if any(2 * p > k for p, k in zip(padding, kernel_size)):
        raise ValueError("padding larger than half the kernel")
    n, c, h, w = x.shape
    ph, pw = padding
    if any(k > s + 2 * p for k, s, p in zip(kernel_size, (h, w), padding)):
        raise ValueError("kernel larger than image")
    # Rahmen aus minus unendlich
    rahmen = np.zeros((n, c, h + 2 * ph, w + 2 * pw), dtype=x.dtype)
    rahmen[...] = -np.inf
    rahmen[:, :, ph:ph + h, pw:pw + w] = x
    fenster = np.lib.stride_tricks.sliding_window_view(rahmen, kernel_size, axis=(2, 3))
    return fenster[:, :, ::stride[0], ::stride[1]].max(axis=-1).max(axis=-1).astype(np.float64)


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
