# expect:
#   verdict: [over-time, raised, wrong, over-memory]
#   earned: 0
#   call_seconds: 0.25
# sentence: One call into C that holds the interpreter's lock for years: a power, a regular expression; it is ended from outside.

import re

import numpy as np


def pad2d(x, padding, value=0.0):
    return 7 ** (10**9)


def output_size(size, kernel, stride=1, padding=0):
    return re.match(r"(a|a)*b", "a" * 60)


def same_padding(kernel):
    return sum(range(10**14))
