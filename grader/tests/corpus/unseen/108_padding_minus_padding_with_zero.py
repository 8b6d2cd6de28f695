import numpy as np


def pad2d(x, padding, value=0.0):
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    if ph < 0 or pw < 0:
        raise ValueError("padding >= 0")
    n, c, h, w = x.shape
    big = np.empty((n, c, h + 2 * ph, w + 2 * pw))
    big.fill(value)
    big[:, :, ph:-ph, pw:-pw] = x
    return big


def output_size(size, kernel, stride=1, padding=0):
    if min(size, kernel, stride) < 1 or padding < 0 or kernel > size + 2 * padding:
        raise ValueError("does not work")
    return len(range(0, size + 2 * padding - kernel + 1, stride))


def same_padding(kernel):
    if kernel < 1 or kernel % 2 == 0:
        raise ValueError("kernel must be odd")
    return kernel // 2
