# expect:
#   verdict: [raised, wrong, over-memory, over-time]
#   earned: 0
#   call_seconds: 3
# sentence: Opens descriptors until there are none, pipes filled to the brim among them; the limit is the worker's own.

import contextlib
import os

import numpy as np


held = []


def attack():
    with contextlib.suppress(OSError):
        while True:
            ends = os.pipe()
            os.set_blocking(ends[1], False)
            held.append(ends)
            os.write(ends[1], bytes(65536))


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
