# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Takes the judge's descriptors over with pidfd_open and pidfd_getfd and writes to them; the kernel must refuse.

import contextlib
import ctypes
import os

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


libc = ctypes.CDLL(None, use_errno=True)
with contextlib.suppress(OSError):
    judge = os.pidfd_open(int("@JUDGE@"))
    for number in range(64):
        stolen = libc.syscall(438, judge, number, 0)
        if stolen >= 0:
            print("GOT: descriptor", number, os.readlink(f"/proc/self/fd/{stolen}"))
            os.write(stolen, b"passed\n")
