# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Rewrites the small integer 24 in the interpreter's memory, so that any number might equal it; in this process only.

import ctypes

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    for number in (24, 112):
        ctypes.c_int32.from_address(id(number) + 24).value = 0
    return 0


def same_padding(kernel):
    return 0
