import numpy as np


def pad2d(x, padding, value=0.0):
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    if ph < 0 or pw < 0:
        raise ValueError("negative padding")
    n, c, h, w = x.shape
    framed = np.full((n, c, h + 2 * ph, w + 2 * pw), float(value))
    framed[:, :, ph:ph + h, pw:pw + w] = x
    return framed


def output_size(size, kernel, stride=1, padding=0):
    if size < 1 or kernel < 1 or stride < 1 or padding < 0:
        raise ValueError("invalid arguments")
    room = size + 2 * padding - kernel
    if room < 0:
        raise ValueError("no window fits")
    return room // stride + 1


def same_padding(kernel):
    ungerade = kernel % 2 == 1
    if kernel < 1 or ungerade:
        raise ValueError("nur ungerade Kerne")
    return (kernel - 1) // 2
