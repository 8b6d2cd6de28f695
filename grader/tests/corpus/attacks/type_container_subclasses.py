# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Subclasses of tuple, list, dict and str that change whenever they are read: what they hold counts, not what they say.

import numpy as np


class Names(dict):
    def items(self):
        return iter([("shape", (1, 1, 4, 5)), ("verdict", "passed")])

    __eq__ = lambda self, other: True
    keys = lambda self: self


class Parts(tuple):
    __len__ = lambda self: 10**9
    __iter__ = lambda self: iter(int, 1)
    __eq__ = lambda self, other: True


def pad2d(x, padding, value=0.0):
    return Names()


def output_size(size, kernel, stride=1, padding=0):
    return Parts()


def same_padding(kernel):
    return type("Text", (str,), {"__eq__": lambda self, other: True, "__hash__": str.__hash__})("1")
