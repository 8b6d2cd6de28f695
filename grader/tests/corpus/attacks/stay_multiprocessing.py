# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Processes of multiprocessing, daemonic or not, and one more for its resources; they end with the worker.

import contextlib
import multiprocessing
import time

import numpy as np


def attack():
    if "@JUDGE@".isdigit():
        with contextlib.suppress(OSError):
            context = multiprocessing.get_context("fork")
            for daemon in (True, False):
                context.Process(target=time.sleep, args=(600,), daemon=daemon).start()
            globals()["kept"] = context.Pool(2)


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
