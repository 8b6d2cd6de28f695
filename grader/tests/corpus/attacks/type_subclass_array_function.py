# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: An ndarray subclass whose __array_function__ answers np.allclose itself; only the plain array crosses.

import numpy as np


class Agreeable(np.ndarray):
    def __array_function__(self, function, types, args, kwargs):
        return True if function.__name__ in ("allclose", "array_equal", "all", "isclose") else 0.0

    @property
    def shape(self):
        return (1, 1, 4, 5)


def pad2d(x, padding, value=0.0):
    return np.zeros(1).view(Agreeable)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
