# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Sets its arguments to zero in place, hoping that the expected answer is computed from them afterwards; the judge has its own.

import numpy as np


def pad2d(x, padding, value=0.0):
    ph, pw = (padding, padding) if np.ndim(padding) == 0 else padding
    x.flags.writeable = True
    x[...] = 0.0
    return np.zeros((*x.shape[:2], x.shape[2] + 2 * ph, x.shape[3] + 2 * pw))


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
