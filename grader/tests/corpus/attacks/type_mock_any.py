# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: unittest.mock.ANY equals whatever it is compared with; a mock is not a number.

from unittest import mock

import numpy as np


def pad2d(x, padding, value=0.0):
    return mock.MagicMock(spec=np.ndarray, shape=(1, 1, 4, 5), dtype=np.dtype(float))


def output_size(size, kernel, stride=1, padding=0):
    return mock.ANY


def same_padding(kernel):
    return mock.ANY
