# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Subclasses of int and float that equal everything; a subclass is not a plain number.

import numpy as np


class Whole(int):
    __eq__ = __le__ = __ge__ = lambda self, other: True
    __ne__ = __lt__ = __gt__ = lambda self, other: False
    __hash__ = int.__hash__


class Real(float):
    __eq__ = lambda self, other: True
    __sub__ = __rsub__ = __abs__ = lambda self, *other: 0.0
    __hash__ = float.__hash__


def pad2d(x, padding, value=0.0):
    return Real(0.0)


def output_size(size, kernel, stride=1, padding=0):
    return Whole(0)


def same_padding(kernel):
    return Whole(0)
