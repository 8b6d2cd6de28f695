# expect:
#   verdict: [wrong, raised, over-memory, over-time]
#   earned: 0
# sentence: Every answer is an array of nearly 256 MiB: a judge that keeps them all, each several times, runs short of memory.

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.ones(33_000_000)


def output_size(size, kernel, stride=1, padding=0):
    return {"one": np.ones(16_000_000), "two": np.ones(16_000_000)}


def same_padding(kernel):
    return [np.ones((1, 33_000_000)), kernel]
