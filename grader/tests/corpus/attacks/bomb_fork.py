# expect:
#   verdict: [raised, wrong, over-time, over-memory]
#   earned: 0
#   call_seconds: 0.5
# sentence: Every child has children: the number of processes is limited, and all of them end with the worker.

import contextlib
import os
import time

import numpy as np


def attack():
    if "@JUDGE@".isdigit():
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                os.fork()


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
