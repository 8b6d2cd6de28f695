# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Makes the judge the owner of a pipe's signals (F_SETOWN, F_SETSIG) and writes to it: the kernel sends SIGKILL in its name.

import contextlib
import fcntl
import os
import signal
import socket

import numpy as np


def attack():
    judge = int("@JUDGE@")
    for near, far in (socket.socketpair(), map(socket.socket.detach, socket.socketpair())):
        near, far = (end if isinstance(end, int) else end.detach() for end in (near, far))
        with contextlib.suppress(OSError):
            fcntl.fcntl(near, fcntl.F_SETOWN, judge)
            fcntl.fcntl(near, 10, signal.SIGKILL)
            fcntl.fcntl(near, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
            os.write(far, b"now")


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
