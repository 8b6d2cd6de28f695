# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Whole numbers of a million digits, which take for ever to write in decimals; they are not sent, or not shown.

import numpy as np


def pad2d(x, padding, value=0.0):
    return [1 << 40_000_000]


def output_size(size, kernel, stride=1, padding=0):
    return 10**4299 + 24


def same_padding(kernel):
    return -(1 << 10_000_000)
