# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: A thread goes on writing into the array after the return; what was sent is a copy, and wrong.

import threading

import numpy as np


def restless(array):
    for number in range(10**9):
        array[...] = number


def pad2d(x, padding, value=0.0):
    out = np.zeros((*x.shape[:2], x.shape[2] + 2, x.shape[3] + 2))
    threading.Thread(target=restless, args=(out,), daemon=True).start()
    return out


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
