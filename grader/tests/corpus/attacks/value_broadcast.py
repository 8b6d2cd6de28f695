# expect:
#   verdict: [wrong, raised, over-memory]
#   earned: 0
# sentence: A view of 10**9 numbers that takes 8 bytes here and 8 GB where it is sent; it is too large to send.

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.broadcast_to(0.0, (10, 10, 10**4, 10**3))


def output_size(size, kernel, stride=1, padding=0):
    return np.broadcast_to(np.int64(24), (2**40,))


def same_padding(kernel):
    return np.lib.stride_tricks.as_strided(np.zeros(1, np.int8), (2**62,), (0,))
