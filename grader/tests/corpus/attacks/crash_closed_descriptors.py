# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Closes every descriptor, the wire's too; a wire that is closed has no answer on it.

import os

import numpy as np


def attack():
    os.closerange(0, 1024)


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
