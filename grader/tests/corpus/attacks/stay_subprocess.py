# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: A program started with subprocess in a session of its own, which keeps the worker's standard error open.

import contextlib
import subprocess

import numpy as np


def attack():
    if "@JUDGE@".isdigit():
        with contextlib.suppress(OSError):
            subprocess.Popen(["sleep", "600"], start_new_session=True, stdin=subprocess.DEVNULL)
            subprocess.Popen("trap '' HUP TERM INT; sleep 600 & wait", shell=True, env={})


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
