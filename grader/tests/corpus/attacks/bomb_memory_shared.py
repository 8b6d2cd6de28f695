# expect:
#   verdict: [over-memory, raised, wrong, over-time]
#   earned: 0
#   call_seconds: 5
# sentence: Shared anonymous memory, kept by children: a limit for each process alone does not count it together.

import mmap
import os
import time

import numpy as np


def attack():
    for _ in range(8 * "@JUDGE@".isdigit()):
        if os.fork() == 0:
            held = []
            for _ in range(15):
                held.append(mmap.mmap(-1, 100 << 20))
                for start in range(0, 100 << 20, 4096):
                    held[-1][start] = 1
            time.sleep(20)
            os._exit(0)
    time.sleep(4)


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
