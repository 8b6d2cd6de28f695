# expect:
#   verdict: [wrong, raised, over-time]
#   earned: 0
#   call_seconds: 3
# sentence: Integer keys that all have one hash, made so that only the reader builds the table; its time is bounded by their number.

import numpy as np


class Pairs(list):
    pass


def pad2d(x, padding, value=0.0):
    return {float(number * 2.0**61): 0 for number in range(3_000)}


def output_size(size, kernel, stride=1, padding=0):
    return {(number, 0): 0 for number in range(60_000)}


def same_padding(kernel):
    return {str(number) * 40: str(number) * 40 for number in range(60_000)}
