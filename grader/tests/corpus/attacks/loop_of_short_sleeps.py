# expect:
#   verdict: [wrong, over-time]
#   earned: 0
# sentence: Each call sleeps for less than the judge looks at, so that no single one is seen; they are added up.

import time

import numpy as np


def pad2d(x, padding, value=0.0):
    time.sleep(0.03)
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    time.sleep(0.03)
    return 0


def same_padding(kernel):
    time.sleep(0.03)
    return 0
