# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Kills the judge by its number, by os.kill, tgkill and a pidfd.

import contextlib
import ctypes
import os
import signal

import numpy as np


def attack():
    judge = int("@JUDGE@")
    ctypes.CDLL(None).syscall(234, judge, judge, 9)
    with contextlib.suppress(OSError):
        signal.pidfd_send_signal(os.pidfd_open(judge), signal.SIGKILL)
    with contextlib.suppress(OSError):
        os.kill(judge, signal.SIGKILL)


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
