# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Leaves by atexit: an exit handler prints success and ends the process with status 0; the wire has closed by then.

import atexit
import os
import sys

import numpy as np


def farewell():
    sys.__stdout__.write("12 passed\n")
    sys.__stdout__.flush()
    os._exit(0)


atexit.register(farewell)
sys.excepthook = lambda *args: os._exit(0)
sys.unraisablehook = lambda *args: os._exit(0)


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
