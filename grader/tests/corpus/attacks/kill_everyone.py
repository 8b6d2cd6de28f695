# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: kill(-1): a signal to every process of this user; there must be nobody but the worker itself.

import contextlib
import os
import signal

import numpy as np


def attack():
    if "@JUDGE@".isdigit():
        with contextlib.suppress(OSError):
            os.kill(-1, signal.SIGKILL)


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
