# expect:
#   verdict: [raised, wrong, over-time, over-memory]
#   earned: 0
#   call_seconds: 0.5
# sentence: Children that leave group, session and environment behind before they have children of their own; they end with the rest.

import contextlib
import os
import time

import numpy as np


def attack():
    until = time.monotonic() + 20
    while "@JUDGE@".isdigit() and time.monotonic() < until:
        with contextlib.suppress(OSError):
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    os.execve("/bin/sleep", ["sleep", "30"], {})
                os._exit(0)


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
