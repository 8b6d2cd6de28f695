# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: An object that claims to be an array by __array__ and __class__, and is a different one each time; it is not an array.

import numpy as np


class Chameleon:
    __class__ = np.ndarray
    shape, ndim, dtype, size = (1, 1, 4, 5), 4, np.dtype(float), 20
    flags = np.zeros(1).flags

    def __array__(self, dtype=None, copy=None):
        return np.zeros((1, 1, 4, 5))

    def __eq__(self, other):
        return True

    def __getattr__(self, name):
        return lambda *args, **kwargs: self


def pad2d(x, padding, value=0.0):
    return Chameleon()


def output_size(size, kernel, stride=1, padding=0):
    return Chameleon()


def same_padding(kernel):
    return Chameleon()
