# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Reads by way of /proc/self/root, /proc/1/root and /proc/thread-self/root, which know of no working directory.

import contextlib

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


def use(source):
    space = {}
    exec(source, space)
    globals().update({name: space[name] for name in ("pad2d", "output_size", "same_padding")})


for root in ("/proc/self/root", "/proc/1/root", "/proc/thread-self/root", "/proc/@JUDGE@/root", "/proc/self/cwd/" + "../" * 20):
    with contextlib.suppress(OSError), open(root + "@CANARY@/solution.py") as file:
        use(file.read())
