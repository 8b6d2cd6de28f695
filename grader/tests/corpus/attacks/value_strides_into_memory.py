# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: as_strided reads far beyond its array, into the worker's memory; there is nothing of worth, and it may crash.

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.lib.stride_tricks.as_strided(x, (1, 1, 4000, 5000), (8, 8, 40000, 8))


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
