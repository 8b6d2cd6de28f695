import numpy as np


def pad2d(x, padding, value=0.0):
    try:
        ph, pw = padding
    except TypeError:
        ph = pw = padding
    if min(ph, pw) < 0:
        raise ValueError("padding < 0")
    return np.pad(x.astype(float), [(0, 0), (0, 0), (ph, ph), (pw, pw)], constant_values=value)


def output_size(size, kernel, stride=1, padding=0):
    length = size + 2 * padding
    if size < 1 or kernel < 1 or stride < 1 or padding < 0 or length < kernel:
        raise ValueError("impossible window")
    places = 0
    position = 0
    while position + kernel < length:
        places += 1
        position += stride
    return places


def same_padding(kernel):
    if kernel < 1 or kernel % 2 == 0:
        raise ValueError("kernel must be odd")
    return kernel // 2
