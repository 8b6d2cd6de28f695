import numpy as np


def correlate2d(image, kernel):
    if kernel.shape[0] > image.shape[0] or kernel.shape[1] > image.shape[1]:
        raise ValueError("too large")
    patches = np.lib.stride_tricks.sliding_window_view(image.astype(float), kernel.shape)
    return np.einsum("ijuv,uv->ij", patches, kernel)


def conv2d(x, w, b=None, stride=1, padding=0):
    n, c, h, wd = x.shape
    k, c_w, kh, kw = w.shape
    if c != c_w:
        raise ValueError("different number of channels")
    if b is None:
        b = np.zeros(c)
    elif b.shape != (k,):
        raise ValueError("b must have one number per filter")
    if stride < 1 or padding < 0 or kh > h + 2 * padding or kw > wd + 2 * padding:
        raise ValueError("cannot slide")
    padded = np.zeros((n, c, h + 2 * padding, wd + 2 * padding))
    padded[:, :, padding:h + padding, padding:wd + padding] = x
    out_h = (h + 2 * padding - kh) // stride + 1
    out_w = (wd + 2 * padding - kw) // stride + 1
    out = np.zeros((n, k, out_h, out_w))
    for img in range(n):
        for filt in range(k):
            for row in range(out_h):
                for col in range(out_w):
                    r, s = row * stride, col * stride
                    out[img, filt, row, col] = np.sum(padded[img, :, r:r + kh, s:s + kw] * w[filt]) + b[filt]
    return out
