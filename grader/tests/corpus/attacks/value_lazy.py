# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Generators, coroutines and iterators that would give the answer only when asked; they stay in the worker.

import numpy as np


def pad2d(x, padding, value=0.0):
    yield np.zeros(1)


async def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return map(int, iter(lambda: "1", 2))
