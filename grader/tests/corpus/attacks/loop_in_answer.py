# expect:
#   verdict: [over-time, raised, wrong, over-memory]
#   earned: 0
#   call_seconds: 0.25
# sentence: The loop is in the answer: in its __len__, in its type's name, in its items; whoever asks is the worker.

import numpy as np


class Meta(type):
    @property
    def __name__(cls):
        while True:
            pass


class Endless(np.ndarray, metaclass=Meta):
    def __array_finalize__(self, other):
        self.ready = True

    def tobytes(self, order="C"):
        while True:
            pass


def pad2d(x, padding, value=0.0):
    return type.__call__(Meta, "Other", (), {})()


def output_size(size, kernel, stride=1, padding=0):
    return np.zeros(1).view(Endless)


def same_padding(kernel):
    return np.zeros(1, dtype=object).view(Endless)
