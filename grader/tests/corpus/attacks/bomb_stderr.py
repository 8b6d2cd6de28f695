# expect:
#   verdict: [over-time, wrong, raised, over-memory]
#   earned: 0
#   call_seconds: 1
# sentence: Floods standard error from a thread and by descriptor, without a line's end; it is capped as well.

import os
import threading

import numpy as np


def flood():
    while True:
        os.write(2, b"passed \xff" * 8192)


def attack():
    threading.Thread(target=flood, daemon=True).start()
    flood()


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
