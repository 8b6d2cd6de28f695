# expect:
#   verdict: [raised, wrong, over-time]
#   earned: 0
#   call_seconds: 2
# sentence: A child keeps the wire and the prints open after the worker has ended: whoever reads to the end waits for it.

import os
import time

import numpy as np


def attack():
    if "@JUDGE@".isdigit() and os.fork() == 0:
        os.setsid()
        for number in range(600):
            time.sleep(1)
            os.write(2, b"still here\n")
        os._exit(0)
    os._exit(0)


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
