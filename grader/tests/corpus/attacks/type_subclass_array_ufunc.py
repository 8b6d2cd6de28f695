# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: An ndarray subclass whose __array_ufunc__ makes every comparison come out well; only the plain array crosses.

import numpy as np


class Agreeable(np.ndarray):
    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if ufunc.__name__ in ("equal", "less_equal", "isfinite", "logical_and"):
            return np.True_
        return np.zeros(()) if ufunc.__name__ in ("subtract", "absolute") else np.False_

    def __array_finalize__(self, other):
        self.dtype_ = None


def pad2d(x, padding, value=0.0):
    return np.zeros(1).view(Agreeable)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
