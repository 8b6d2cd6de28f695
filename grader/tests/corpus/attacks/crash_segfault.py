# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Reads and writes at address 0 and ends itself by other signals; only the worker falls.

import ctypes
import os
import signal

import numpy as np


def pad2d(x, padding, value=0.0):
    ctypes.string_at(0)


def output_size(size, kernel, stride=1, padding=0):
    ctypes.memset(8, 1, 1 << 20)


def same_padding(kernel):
    os.kill(os.getpid(), signal.SIGILL)
