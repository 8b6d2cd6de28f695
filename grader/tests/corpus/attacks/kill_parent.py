# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Kills the process that started it, kindly and unkindly; the judge must not be there to be hit.

import contextlib
import os
import signal

import numpy as np


def attack():
    if "@JUDGE@".isdigit():
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(OSError):
                os.kill(os.getppid(), number)


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
