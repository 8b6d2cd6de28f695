# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: A 0-d array that holds an object equal to everything; it is not a number.

import numpy as np


class Equal:
    __eq__ = __bool__ = lambda self, *other: True
    __ne__ = lambda self, other: False
    __int__ = __index__ = lambda self: 24
    __hash__ = None


def boxed():
    box = np.empty((), dtype=object)
    box[()] = Equal()
    return box


def pad2d(x, padding, value=0.0):
    return boxed()


def output_size(size, kernel, stride=1, padding=0):
    return boxed()


def same_padding(kernel):
    return boxed()
