# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: A signal handler and an alarm end the process with status 0 while the case runs; that is not an answer.

import os
import signal

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


signal.signal(signal.SIGALRM, lambda *args: os._exit(0))
signal.signal(signal.SIGPROF, lambda *args: os._exit(0))
signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
signal.setitimer(signal.ITIMER_PROF, 0.01, 0.01)
