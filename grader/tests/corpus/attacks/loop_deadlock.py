# expect:
#   verdict: [over-time, raised, wrong]
#   earned: 0
#   call_seconds: 0.25
# sentence: Takes a lock twice, and waits in two threads for each other; it is stopped when its time is over.

import threading

import numpy as np


def attack():
    first, second = threading.Lock(), threading.Lock()
    first.acquire()
    second.acquire()
    thread = threading.Thread(target=lambda: (second.acquire(), first.release()))
    thread.start()
    first.acquire()


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
