# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: A type whose metaclass calls it ndarray, int and whatever else is asked; types are told apart by identity.

import numpy as np


class Meta(type):
    __name__ = property(lambda cls: "ndarray" * 1000)
    __module__ = "numpy"
    __eq__ = lambda cls, other: True
    __hash__ = lambda cls: hash(np.ndarray)
    __instancecheck__ = __subclasscheck__ = lambda cls, other: True


class ndarray(metaclass=Meta):
    __qualname__ = "ndarray"


def pad2d(x, padding, value=0.0):
    return ndarray()


def output_size(size, kernel, stride=1, padding=0):
    return ndarray()


def same_padding(kernel):
    return ndarray()
