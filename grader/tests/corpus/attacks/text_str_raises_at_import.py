# expect:
#   verdict: [raised, wrong, unfinished, over-time]
#   earned: 0
# sentence: A cell's exception has a __str__ that exits and a __traceback__ that is a lie; only the cell is lost.

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


# %%
class Meta(type):
    __name__ = property(lambda cls: 1 / 0)


class Fails(Exception, metaclass=Meta):
    __str__ = lambda self: exit(0)
    __traceback__ = property(lambda self: self)


raise Fails
