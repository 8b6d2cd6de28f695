# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Sets sys.stdout and sys.stderr to None, to numbers and to objects whose flush raises; the answer goes another way.

import sys

import numpy as np


class Broken:
    def flush(self):
        raise KeyboardInterrupt

    write = __getattr__ = lambda self, *args: 1 / 0


def pad2d(x, padding, value=0.0):
    sys.stdout = sys.stderr = sys.__stdout__ = None
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    sys.stdout, sys.stderr = 7, Broken()
    return 0


def same_padding(kernel):
    return 0
