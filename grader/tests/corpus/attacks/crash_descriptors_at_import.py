# expect:
#   verdict: [raised, wrong, unfinished]
#   earned: 0
# sentence: Turns every descriptor to /dev/null while it is imported, so that no answer arrives; that is as good as none.

import contextlib
import os

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


nothing = os.open(os.devnull, os.O_RDWR)
for descriptor in range(64):
    if descriptor != nothing:
        with contextlib.suppress(OSError):
            os.fstat(descriptor)
            os.dup2(nothing, descriptor)
