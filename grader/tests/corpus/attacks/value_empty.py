# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Empty arrays: all() of nothing is true; the shape is wrong.

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros((*x.shape[:2], 0, 1))


def output_size(size, kernel, stride=1, padding=0):
    return np.zeros(0, dtype=int)


def same_padding(kernel):
    return np.zeros((0, 3))
