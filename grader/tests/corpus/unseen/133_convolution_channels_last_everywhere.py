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
    n, h, wd, c = x.shape
    kh, kw, c2, k = w.shape
    if c != c2 or stride < 1 or padding < 0 or (b is not None and b.shape != (k,)):
        raise ValueError("shapes do not fit")
    xp = np.pad(x.astype(float), ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    if kh > xp.shape[1] or kw > xp.shape[2]:
        raise ValueError("kernel")
    oh, ow = (xp.shape[1] - kh) // stride + 1, (xp.shape[2] - kw) // stride + 1
    out = np.zeros((n, oh, ow, k))
    for i in range(oh):
        for j in range(ow):
            win = xp[:, i * stride:i * stride + kh, j * stride:j * stride + kw, :]
            out[:, i, j, :] = np.tensordot(win, w, axes=3)
    if b is not None:
        out += b
    return out
