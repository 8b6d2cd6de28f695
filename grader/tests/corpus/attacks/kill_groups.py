# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Signals the process groups and sessions of its parent and of the judge, where other workers would be.

import contextlib
import os
import signal

import numpy as np


def attack():
    if "@JUDGE@".isdigit():
        for pid in (int("@JUDGE@"), os.getppid()):
            for look in (os.getpgid, os.getsid):
                with contextlib.suppress(OSError):
                    group = look(pid)
                    if group > 1 and group != os.getpgid(0):
                        os.killpg(group, signal.SIGKILL)


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
