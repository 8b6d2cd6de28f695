# expect:
#   verdict: [over-memory, raised, wrong, over-time]
#   earned: 0
#   call_seconds: 5
# sentence: Fills memfd files, /dev/shm and pipes, which are memory and no process's own; what is kept must be bounded, and go.

import contextlib
import os

import numpy as np


def attack():
    block = bytes(16 << 20)
    for number in range(1000 * "@JUDGE@".isdigit()):
        with contextlib.suppress(OSError):
            os.write(os.memfd_create("bomb"), block)
        with contextlib.suppress(OSError), open(f"/dev/shm/bomb{number}", "wb") as file:
            file.write(block)


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
