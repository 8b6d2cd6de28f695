# expect:
#   verdict: [over-time, raised, wrong]
#   earned: 0
#   call_seconds: 0.25
# sentence: Ignores and blocks every signal that can be, and loops; SIGKILL cannot be.

import contextlib
import signal

import numpy as np


def attack():
    for number in signal.valid_signals():
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    while True:
        pass


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
