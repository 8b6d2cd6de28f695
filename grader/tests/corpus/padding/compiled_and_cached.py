# expect:
#   verdict: passed
#   earned: all
#   packages: [numba]
#
# A loop over all numbers, compiled and kept by numba.

import numba
import numpy as np


@numba.njit(cache=True)
def lay(x, ph, pw, out):
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            for i in range(x.shape[2]):
                for j in range(x.shape[3]):
                    out[n, c, i + ph, j + pw] = x[n, c, i, j]


def pad2d(x, padding, value=0.0):
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    if ph < 0 or pw < 0:
        raise ValueError("negative padding")
    out = np.full((*x.shape[:2], x.shape[2] + 2 * ph, x.shape[3] + 2 * pw), value, np.float64)
    lay(x, ph, pw, out)
    return out


def output_size(size, kernel, stride=1, padding=0):
    if size < 1 or kernel < 1 or stride < 1 or padding < 0:
        raise ValueError("impossible")
    room = size + 2 * padding - kernel
    if room < 0:
        raise ValueError("too large")
    return room // stride + 1


def same_padding(kernel):
    middle, odd = divmod(kernel, 2)
    if kernel < 1 or not odd:
        raise ValueError("no middle")
    return middle
