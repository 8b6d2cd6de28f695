# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: An array that writes itself anew at every access, hoping for the right numbers when it is looked at; it is copied once.

import itertools

import numpy as np


class Restless(np.ndarray):
    count = itertools.count()

    def __getitem__(self, key):
        return np.ndarray.__getitem__(self, key) + next(self.count)

    def __array__(self, *args, **kwargs):
        self[...] = next(self.count)
        return np.asarray(np.ndarray.copy(self))

    def tobytes(self, order="C"):
        return bytes(8 * next(self.count))

    __iter__ = lambda self: iter([next(self.count)])


def pad2d(x, padding, value=0.0):
    return np.zeros((*x.shape[:2], x.shape[2] + 2, x.shape[3] + 2)).view(Restless)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
