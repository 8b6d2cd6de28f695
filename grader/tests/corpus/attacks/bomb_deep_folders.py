# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: A folder in a folder, two thousand deep, with long names and no rights: clearing it away must work.

import contextlib
import os

import numpy as np


def attack():
    here = os.getcwd()
    with contextlib.suppress(OSError):
        for _ in range(2_000 * "@JUDGE@".isdigit()):
            os.mkdir("d" * 200)
            os.chdir("d" * 200)
        os.chmod(".", 0)
    with contextlib.suppress(OSError):
        os.chdir(here)
        os.mkdir("locked")
        open("locked/file", "x").close()
        os.chmod("locked", 0)


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
