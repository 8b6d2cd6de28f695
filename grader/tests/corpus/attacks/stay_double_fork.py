# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Forks twice, takes a session of its own and stays: a daemon that keeps the processor busy; it must end with the worker.

import os
import time

import numpy as np


def attack():
    if "@JUDGE@".isdigit() and os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            until = time.monotonic() + 600
            while time.monotonic() < until:
                pass
        os._exit(0)


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
