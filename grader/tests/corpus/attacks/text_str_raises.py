# expect:
#   verdict: [raised, wrong, over-time]
#   earned: 0
#   call_seconds: 0.25
# sentence: Exceptions whose __str__ raises, never returns, or returns something that is not plain text.

import numpy as np


class Text(str):
    __getitem__ = lambda self, key: ["a list"] * 3
    __format__ = __str__ = __repr__ = lambda self, *args: self


def pad2d(x, padding, value=0.0):
    raise type("Raises", (Exception,), {"__str__": lambda self: 1 / 0})


def output_size(size, kernel, stride=1, padding=0):
    raise type("Strange", (Exception,), {"__str__": lambda self: Text("strange")})


def same_padding(kernel):
    def forever(self):
        while True:
            pass

    raise type("Loops", (Exception,), {"__str__": forever, "__repr__": forever})
