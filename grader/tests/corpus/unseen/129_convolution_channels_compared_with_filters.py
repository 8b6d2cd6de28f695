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
    if x.shape[1] != w.shape[0]:
        raise ValueError(f"x has {x.shape[1]} channels, w has {w.shape[1]}")
    if stride < 1:
        raise ValueError("stride must be 1 or more")
    if padding < 0:
        raise ValueError("padding must be 0 or more")
    if b is not None and b.shape[0] != w.shape[0]:
        raise ValueError("one bias per filter")
    pad = [(0, 0)] * 2 + [(padding, padding)] * 2
    xp = np.pad(x.astype("float64"), pad)
    _, _, kh, kw = w.shape
    if kh > xp.shape[2] or kw > xp.shape[3]:
        raise ValueError("kernel too big")
    rows = range(0, xp.shape[2] - kh + 1, stride)
    cols = range(0, xp.shape[3] - kw + 1, stride)
    out = np.stack([np.stack([np.einsum("ncuv,kcuv->nk", xp[:, :, r:r + kh, c:c + kw], w) for c in cols], axis=-1)
                    for r in rows], axis=-2)
    return out if b is None else out + b[None, :, None, None]
