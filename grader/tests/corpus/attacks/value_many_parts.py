# expect:
#   verdict: [wrong, raised, over-time]
#   earned: 0
#   call_seconds: 3
# sentence: Answers of nearly as many parts as may be sent: texts, pairs and nested tables by the ten thousand; comparing them is quick.

import itertools

import numpy as np

calls = {name: itertools.count() for name in ("pad2d", "output_size", "same_padding")}


def many(name, number):
    """Return the number in a function's first calls: three of them show as much as a hundred, which take a minute."""
    return number * (next(calls[name]) < 3)


def pad2d(x, padding, value=0.0):
    return {float(number): str(number) for number in range(many("pad2d", 90_000))}


def output_size(size, kernel, stride=1, padding=0):
    return {(number, 0): 0 for number in range(many("output_size", 45_000))}


def same_padding(kernel):
    return [np.int8(number % 100) for number in range(many("same_padding", 30_000))]
