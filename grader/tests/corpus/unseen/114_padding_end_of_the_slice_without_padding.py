import numpy as np


def pad2d(x, padding, value=0.0):
    if isinstance(padding, (tuple, list)):
        ph, pw = padding
    else:
        ph, pw = padding, padding
    n, c, h, w = x.shape
    result = np.full((n, c, max(h + 2 * ph, 0), max(w + 2 * pw, 0)), value, dtype=np.float64)
    result[:, :, ph:h, pw:w] = x[:, :, :, :]
    return result


def output_size(size, kernel, stride=1, padding=0):
    if min(size, kernel, stride) < 1 or padding < 0 or kernel > size + 2 * padding:
        raise ValueError("does not work")
    return len(range(0, size + 2 * padding - kernel + 1, stride))


def same_padding(kernel):
    if kernel < 1 or kernel % 2 == 0:
        raise ValueError("kernel must be odd")
    return kernel // 2
