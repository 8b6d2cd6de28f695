# expect:
#   verdict: [over-time, raised, wrong]
#   earned: 0
#   call_seconds: 0.25
# sentence: Catches KeyboardInterrupt, SystemExit and everything else, and begins again; it is not asked but ended.

import numpy as np


def attack():
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
