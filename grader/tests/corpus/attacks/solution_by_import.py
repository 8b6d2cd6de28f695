# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Imports solutions.padding from the course's root; the course is not readable from here.

import contextlib
import sys

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


with contextlib.suppress(Exception):
    sys.path.insert(0, "@COURSE@")
    from solutions.padding import output_size, pad2d, same_padding
