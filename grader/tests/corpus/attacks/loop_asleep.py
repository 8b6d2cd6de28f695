# expect:
#   verdict: [over-time, raised, wrong]
#   earned: 0
#   call_seconds: 0.25
# sentence: Waits for ever and uses no processor time at all, so that only a wall clock ends it.

import signal
import threading
import time

import numpy as np


def pad2d(x, padding, value=0.0):
    time.sleep(10**6)


def output_size(size, kernel, stride=1, padding=0):
    threading.Event().wait()


def same_padding(kernel):
    signal.pause()
