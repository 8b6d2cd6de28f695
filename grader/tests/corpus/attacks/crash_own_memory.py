# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Overwrites the interpreter's own objects at random: None, the type of int, its own code; only the worker falls.

import ctypes

import numpy as np


def pad2d(x, padding, value=0.0):
    ctypes.memset(id(None), 0, 16)
    return None


def output_size(size, kernel, stride=1, padding=0):
    ctypes.memset(id(int), 0xFF, 400)
    return 0


def same_padding(kernel):
    code = same_padding.__code__.replace(co_code=bytes([100, 255] * 4), co_consts=())
    return eval(code)
