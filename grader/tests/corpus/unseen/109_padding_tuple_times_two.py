import numpy as np


def pad2d(x, padding, value=0.0):
    n, c, h, w = x.shape
    p = q = padding
    if np.min(padding) < 0:
        raise ValueError("negative")
    neu = np.ones((n, c, h + 2 * p, w + 2 * q)) * value
    for i in range(h):
        for j in range(w):
            neu[:, :, i + p, j + q] = x[:, :, i, j]
    return neu


def output_size(size, kernel, stride=1, padding=0):
    if size < 1 or kernel < 1 or stride < 1 or padding < 0:
        raise ValueError("invalid arguments")
    room = size + 2 * padding - kernel
    if room < 0:
        raise ValueError("no window fits")
    return room // stride + 1


def same_padding(kernel):
    if kernel < 1 or not kernel & 1:
        raise ValueError("odd kernels only")
    return (kernel - 1) // 2
