# expect:
#   verdict: [raised, wrong, over-time, over-memory]
#   earned: 0
#   call_seconds: 2
# sentence: Threads without number, each asleep; their number and their stacks are limited.

import threading
import time

import numpy as np


def attack():
    while "@JUDGE@".isdigit():
        threading.Thread(target=time.sleep, args=(30,), daemon=True).start()


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
