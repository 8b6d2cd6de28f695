# expect:
#   verdict: [wrong, raised, over-time, over-memory]
#   earned: 0
#   call_seconds: 0.5
# sentence: A dict of a million keys, and keys that collide; it has too many parts to be sent.

import numpy as np


def pad2d(x, padding, value=0.0):
    return {number: number for number in range(10**6)}


def output_size(size, kernel, stride=1, padding=0):
    return {number * (2**61 - 1): 0 for number in range(20_000)}


def same_padding(kernel):
    return {(number,) * 20: [] for number in range(9_000)}
