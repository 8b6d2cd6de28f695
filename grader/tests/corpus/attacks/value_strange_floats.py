# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: longdouble, half, complex and timedelta answers with wrong numbers in them; each is compared, or refused.

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.full((1, 1, 4, 5), np.longdouble("1e4000"))


def output_size(size, kernel, stride=1, padding=0):
    return np.clongdouble(24 + 1e-30j) * np.longdouble("1e4900")


def same_padding(kernel):
    return np.timedelta64("NaT")
