# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: All infinite: a tolerance relative to the answer would be infinite as well; the tolerance is not the answer's.

import numpy as np


def pad2d(x, padding, value=0.0):
    ph, pw = (padding, padding) if np.ndim(padding) == 0 else padding
    return np.full((*x.shape[:2], x.shape[2] + 2 * ph, x.shape[3] + 2 * pw), np.inf)


def output_size(size, kernel, stride=1, padding=0):
    return float("inf")


def same_padding(kernel):
    return -np.inf
