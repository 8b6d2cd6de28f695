import numpy as np


def pair(a):
    return (a, a) if np.isscalar(a) else tuple(a)


def maxpool2d(x, kernel_size, stride=None, padding=0):
    kh, kw = pair(kernel_size)
    sh, sw = (kh, kw) if stride is None else pair(stride)
    ph, pw = pair(padding)
    if kh < 1 or kw < 1 or sh < 1 or sw < 1 or ph < 0 or pw < 0:
        raise ValueError("wrong numbers")
    N, C, H, W = x.shape
    if kh > H + 2 * ph or kw > W + 2 * pw:
        raise ValueError("kernel too large")
    framed = np.full((N, C, H + 2 * ph, W + 2 * pw), -np.inf)
    framed[:, :, ph:ph + H, pw:pw + W] = x
    Ho = (H + 2 * ph - kh) // sh + 1
    Wo = (W + 2 * pw - kw) // sw + 1
    best = np.zeros((N, C, Ho, Wo))
    for u in range(kh):
        for v in range(kw):
            best = np.maximum(best, framed[:, :, u:u + sh * Ho:sh, v:v + sw * Wo:sw])
    return best


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
