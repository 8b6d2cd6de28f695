# expect:
#   verdict: [over-time, wrong, raised, over-memory]
#   earned: 0
#   call_seconds: 1
# sentence: Prints without end: what is kept of it is capped, and the judge does not wait for the rest.

import sys

import numpy as np


def attack():
    while True:
        sys.stdout.write("all tests passed\n" * 1000)


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
