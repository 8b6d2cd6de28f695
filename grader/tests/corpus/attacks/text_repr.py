# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Objects whose __repr__, __format__ and __hash__ recurse, exit or print success; nobody outside the worker calls them.

import os

import numpy as np


class Restless:
    def __repr__(self):
        print("passed")
        return repr([self])

    __str__ = __format__ = __repr__
    __hash__ = lambda self: os._exit(0)
    __bool__ = __len__ = __index__ = lambda self: os._exit(0)


def pad2d(x, padding, value=0.0):
    return Restless()


def output_size(size, kernel, stride=1, padding=0):
    raise RuntimeError(Restless())


def same_padding(kernel):
    return [Restless()] * 3
