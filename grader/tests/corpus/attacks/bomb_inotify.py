# expect:
#   verdict: [raised, wrong, over-memory, over-time]
#   earned: 0
#   call_seconds: 0.5
# sentence: Uses up what the kernel counts for each user: inotify watches, timers, keys, message queues; not the judge's.

import contextlib
import ctypes
import os

import numpy as np


def attack():
    libc = ctypes.CDLL(None)
    for number in range(10_000 * "@JUDGE@".isdigit()):
        libc.inotify_init1(0)
        libc.timer_create(1, None, ctypes.byref(ctypes.c_void_p()))
        libc.syscall(248, b"user", b"padding%d" % number, b"x" * 100, 100, -4)
        with contextlib.suppress(OSError):
            os.eventfd(0)


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
