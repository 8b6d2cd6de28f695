# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Structured, void and datetime arrays, whose bytes could be read as something else; no such dtype crosses.

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros((1, 1, 4, 5), dtype=[("a", "<f8"), ("b", "O"), ("c", "V100")])


def output_size(size, kernel, stride=1, padding=0):
    return np.zeros(1, dtype="V16")[0]


def same_padding(kernel):
    return np.datetime64("1970-01-02")
