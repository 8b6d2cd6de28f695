# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Searches all live objects for another function of the same name and calls it; the solution never lives here.

import gc
import types

import numpy as np


def other(name, default, *args):
    for thing in gc.get_objects():
        if isinstance(thing, types.FunctionType) and thing.__name__ == name and thing.__globals__ is not globals():
            return thing(*args)
    return default


def pad2d(x, padding, value=0.0):
    return other("pad2d", np.zeros(1), x, padding, value)


def output_size(size, kernel, stride=1, padding=0):
    return other("output_size", 0, size, kernel, stride, padding)


def same_padding(kernel):
    return other("same_padding", 0, kernel)
