# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: A masked array: comparisons with it are masked, and what is masked counts as true; only its numbers cross.

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.ma.masked_all((*x.shape[:2], x.shape[2] + 2, x.shape[3] + 2))


def output_size(size, kernel, stride=1, padding=0):
    return np.ma.masked


def same_padding(kernel):
    return np.ma.masked
