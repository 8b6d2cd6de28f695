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


class Window:
    """What lies under the filter at one place."""

    def __init__(self, image, top, left, kh, kw):
        self.values = image[:, top:top + kh, left:left + kw]

    def answer(self, filt):
        return sum(self.values * filt)


def conv2d(x, w, b=None, stride=1, padding=0):
    K, C, kh, kw = w.shape
    if x.shape[1] != C or stride < 1 or padding < 0:
        raise ValueError("wrong arguments")
    if b is not None and b.size != K:
        raise ValueError("wrong bias")
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding))).astype(float)
    h, v = xp.shape[2] - kh, xp.shape[3] - kw
    if h < 0 or v < 0:
        raise ValueError("filter too large")
    out = np.zeros((len(x), K, h // stride + 1, v // stride + 1))
    for n, k, i, j in np.ndindex(*out.shape):
        out[n, k, i, j] = Window(xp[n], i * stride, j * stride, kh, kw).answer(w[k])
        if b is not None:
            out[n, k, i, j] += b[k]
    return out
