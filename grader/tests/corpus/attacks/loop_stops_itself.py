# expect:
#   verdict: [over-time, raised, wrong]
#   earned: 0
#   call_seconds: 0.25
# sentence: Sends itself SIGSTOP, so that it neither runs nor ends; it is ended all the same.

import os
import signal

import numpy as np


def attack():
    os.kill(os.getpid(), signal.SIGSTOP)


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
