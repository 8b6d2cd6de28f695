# expect:
#   verdict: [raised, wrong, over-time, over-memory]
#   earned: 0
#   call_seconds: 0.5
# sentence: Recursion without end, and with the limit lifted until the C stack is used up; only the worker falls.

import sys

import numpy as np


def deeper(number):
    return deeper(number + 1) + 1


def pad2d(x, padding, value=0.0):
    return deeper(0)


def output_size(size, kernel, stride=1, padding=0):
    sys.setrecursionlimit(2**31 - 1)
    return deeper(0)


def same_padding(kernel):
    sys.setrecursionlimit(2**31 - 1)
    return repr(type("Again", (), {"__repr__": lambda self: repr([self])})())
