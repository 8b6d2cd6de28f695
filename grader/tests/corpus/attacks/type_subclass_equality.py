# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: An ndarray subclass for which everything is equal and every difference zero; only the plain array crosses.

import numpy as np


class Agreeable(np.ndarray):
    def _yes(self, *others):
        return True

    def _nothing(self, *others):
        return 0.0

    __eq__ = __le__ = __ge__ = __bool__ = all = _yes
    __ne__ = __lt__ = __gt__ = any = lambda self, *others: False
    __sub__ = __rsub__ = __abs__ = max = _nothing
    __hash__ = None


def pad2d(x, padding, value=0.0):
    return np.zeros(1).view(Agreeable)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
