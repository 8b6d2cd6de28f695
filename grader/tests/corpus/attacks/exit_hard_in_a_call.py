# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Prints PASSED and ends the process with status 0 in the middle of a call; no answer is a failed case.

import os

import numpy as np


def pad2d(x, padding, value=0.0):
    os.write(1, b"PASSED [100%]\n")
    os.write(2, b"1 passed\n")
    os._exit(0)


def output_size(size, kernel, stride=1, padding=0):
    os._exit(0)


def same_padding(kernel):
    os.abort()
