# expect:
#   verdict: [over-time, raised, wrong]
#   earned: 0
#   call_seconds: 0.25
# sentence: Loops for ever in a call; it is stopped when its time is over.

import numpy as np


def attack():
    while True:
        pass


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
