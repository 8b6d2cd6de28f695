# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: The worker's own look at its arguments is silenced, so that a zeroed argument would go unseen; the answer is wrong still.

import contextlib
import sys

import numpy as np


def pad2d(x, padding, value=0.0):
    x[...] = 0.0
    return x


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


for name in ("__main__", "cnngrade.worker.serve"):
    with contextlib.suppress(Exception):
        sys.modules[name]._snapshot = lambda arguments: []
        sys.modules[name]._shares = lambda value, arguments: False
