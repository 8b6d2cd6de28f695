# expect:
#   verdict: [over-time, raised, wrong]
#   earned: 0
#   call_seconds: 0.25
# sentence: Reads the requests itself, so that the worker waits for one that it has taken; the case is over when its time is.

import os

import numpy as np


def attack():
    input_found = os.read(0, 10)
    for descriptor in range(3, 64):
        try:
            os.set_blocking(descriptor, True)
            while os.read(descriptor, 65536):
                pass
        except OSError:
            continue
    return input_found


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
