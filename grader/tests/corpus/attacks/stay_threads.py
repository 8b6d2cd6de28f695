# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Threads go on after the answer: they print, compute and change what later calls use; the later answers are wrong by themselves.

import threading
import time

import numpy as np


def busy():
    while True:
        time.sleep(0.001)
        print("passed", end=" ")
        globals()["pad2d"] = lambda x, padding, value=0.0: np.zeros(1)


def attack():
    for _ in range(8):
        threading.Thread(target=busy, daemon=True).start()


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
