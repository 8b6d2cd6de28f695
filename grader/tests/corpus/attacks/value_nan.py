# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: All NaN: a careless comparison (difference > tolerance) finds nothing wrong; NaN counts as wrong here.

import numpy as np


def pad2d(x, padding, value=0.0):
    ph, pw = (padding, padding) if np.ndim(padding) == 0 else padding
    return np.full((*x.shape[:2], x.shape[2] + 2 * ph, x.shape[3] + 2 * pw), np.nan)


def output_size(size, kernel, stride=1, padding=0):
    return float("nan")


def same_padding(kernel):
    return np.float64("nan")
