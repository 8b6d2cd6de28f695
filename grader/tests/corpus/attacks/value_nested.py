# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: A list within a list, ten thousand deep, and one that holds itself; nesting has a limit.

import numpy as np


def nested(depth):
    out = []
    for _ in range(depth):
        out = [out]
    return out


def pad2d(x, padding, value=0.0):
    return nested(10_000)


def output_size(size, kernel, stride=1, padding=0):
    loop = []
    loop.append(loop)
    return loop


def same_padding(kernel):
    table = {}
    table["again"] = (table, table)
    return table
