# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Exit handlers and threads that are not daemons keep the process from ending when it is told to; it is not only told.

import atexit
import threading
import time

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


atexit.register(time.sleep, 600)
threading.Thread(target=time.sleep, args=(600,)).start()
