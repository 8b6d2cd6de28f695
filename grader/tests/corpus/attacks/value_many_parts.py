# expect:
#   verdict: [wrong, raised, over-time]
#   earned: 0
#   call_seconds: 3
# sentence: Answers of nearly as many parts as may be sent: texts, pairs and nested tables by the ten thousand; comparing them is quick.

import numpy as np


def pad2d(x, padding, value=0.0):
    return {float(number): str(number) for number in range(90_000)}


def output_size(size, kernel, stride=1, padding=0):
    return {(number, 0): 0 for number in range(45_000)}


def same_padding(kernel):
    return [np.int8(number % 100) for number in range(30_000)]
