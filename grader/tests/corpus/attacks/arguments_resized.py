# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Reshapes and shrinks its argument, changes its dtype and sets its base's bytes; the judge's arrays are elsewhere.

import ctypes

import numpy as np


def pad2d(x, padding, value=0.0):
    ctypes.memset(x.ctypes.data, 0, x.nbytes)
    x.dtype = np.uint8
    x.shape = (x.size,)
    x.resize((1, 1, 1, 1), refcheck=False)
    return x.astype(float)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
