# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Lifts Python's limit on the digits of an int and sends a number that the reader cannot parse; that is its sender's fault.

import sys

import numpy as np

sys.set_int_max_str_digits(0)


def pad2d(x, padding, value=0.0):
    return 10**20_000


def output_size(size, kernel, stride=1, padding=0):
    return 7**60_000


def same_padding(kernel):
    return {10**5000: 10**5000}
