# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: SystemExit(0) in every call: a runner may take it for a quiet end; it is an exception like any other.

import numpy as np


def pad2d(x, padding, value=0.0):
    raise SystemExit(0)


def output_size(size, kernel, stride=1, padding=0):
    raise SystemExit


def same_padding(kernel):
    exit(0)
