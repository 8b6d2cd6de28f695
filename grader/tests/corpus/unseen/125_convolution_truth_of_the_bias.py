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
    if x.ndim != 4 or w.ndim != 4:
        raise ValueError("x and w need four axes")
    if x.shape[1] != w.shape[1]:
        raise ValueError("channels")
    if stride < 1 or padding < 0:
        raise ValueError("stride/padding")
    kh, kw = w.shape[2], w.shape[3]
    xp = np.pad(x.astype(float), ((0, 0), (0, 0), (padding, padding), (padding, padding)), "constant")
    if kh > xp.shape[2] or kw > xp.shape[3]:
        raise ValueError("kernel larger than image")
    oh = (xp.shape[2] - kh) // stride + 1
    ow = (xp.shape[3] - kw) // stride + 1
    out = np.zeros((x.shape[0], w.shape[0], oh, ow))
    for u in range(kh):
        for v in range(kw):
            img = xp[:, :, u:u + stride * oh:stride, v:v + stride * ow:stride]
            out += np.einsum("nchw,kc->nkhw", img, w[:, :, u, v])
    if b:
        if len(b) != w.shape[0]:
            raise ValueError("bias")
        out += b[None, :, None, None]
    return out
