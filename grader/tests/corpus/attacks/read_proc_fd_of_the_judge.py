# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Opens the judge's own descriptors by /proc/JUDGE/fd/* and reads and writes what is behind them.

import contextlib
import os

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


with contextlib.suppress(OSError):
    for name in os.listdir("/proc/@JUDGE@/fd"):
        with contextlib.suppress(OSError):
            descriptor = os.open("/proc/@JUDGE@/fd/" + name, os.O_RDWR | os.O_NONBLOCK)
            print("GOT: descriptor", name)
            os.write(descriptor, b"passed\n")
