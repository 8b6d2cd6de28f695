# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: An array of objects of which each equals everything; such an array holds no numbers and is refused.

import numpy as np


class Equal:
    def __eq__(self, other):
        return True

    def __sub__(self, other):
        return 0.0

    __rsub__, __hash__ = __sub__, None


def pad2d(x, padding, value=0.0):
    out = np.empty((*x.shape[:2], x.shape[2] + 2, x.shape[3] + 2), dtype=object)
    out.fill(Equal())
    return out


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
