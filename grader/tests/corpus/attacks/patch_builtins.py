# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: abs, all, any, isinstance, len and sum lie from here on; they do so in the worker only.

import builtins

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


builtins.abs = lambda value: 0
builtins.all = lambda parts: True
builtins.any = lambda parts: False
builtins.max = builtins.sum = lambda *args, **kwargs: 0
builtins.isinstance = lambda *args: True
builtins.AssertionError = type("Nothing", (Warning,), {})
