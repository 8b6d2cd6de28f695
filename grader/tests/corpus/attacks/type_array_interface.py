# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: __array_interface__ points at address 8: whoever makes an array of this object crashes; the judge never sees the object.

import numpy as np


class Pointer:
    __array_interface__ = {"shape": (1, 1, 4, 5), "typestr": "<f8", "data": (8, False), "version": 3}


def pad2d(x, padding, value=0.0):
    return Pointer()


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
