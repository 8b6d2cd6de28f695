# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Stops the judge with SIGSTOP and SIGTSTP: it would stand still for ever, and no clock of its own would run.

import contextlib
import os
import signal

import numpy as np


def attack():
    judge = int("@JUDGE@")
    for pid in (judge, os.getppid() if os.getppid() > 1 else judge):
        for number in (signal.SIGTSTP, signal.SIGTTIN, signal.SIGSTOP):
            with contextlib.suppress(OSError):
                os.kill(pid, number)


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
