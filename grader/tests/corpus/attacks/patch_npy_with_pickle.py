# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Answers leave as pickled object arrays that would run a command where they are loaded; the judge never unpickles.

import os
import sys

import numpy as np
from numpy.lib import format as npy


class Payload:
    def __reduce__(self):
        return os.system, ("touch '@CANARY@/unpickled'",)


def write_array(stream, array, version=None, allow_pickle=False, pickle_kwargs=None, honest=npy.write_array):
    honest(stream, np.array([Payload()], dtype=object), version=(1, 0), allow_pickle=True)


npy.write_array = write_array
sys.modules["numpy.lib.format"].write_array = write_array


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
