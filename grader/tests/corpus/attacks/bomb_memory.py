# expect:
#   verdict: [over-memory, raised, wrong, over-time]
#   earned: 0
#   call_seconds: 5
# sentence: Asks for memory, and touches it, until there is none; that is the worker's end at most.

import numpy as np


def attack():
    held = []
    while "@JUDGE@".isdigit():
        held.append(np.ones(1 << 24))


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
