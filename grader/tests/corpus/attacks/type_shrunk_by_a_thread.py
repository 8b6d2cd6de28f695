# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: A thread reshapes the array in place while it is packed, so that shape and bytes may not agree; a frame that lies is refused.

import threading

import numpy as np


def restless(array):
    while True:
        array.shape = (64, 64, 64)
        array.shape = (1, 1, 512, 512)
        array.dtype = np.int8
        array.dtype = np.float64


def pad2d(x, padding, value=0.0):
    out = np.zeros((1, 1, 512, 512))
    threading.Thread(target=restless, args=(out,), daemon=True).start()
    return out


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
