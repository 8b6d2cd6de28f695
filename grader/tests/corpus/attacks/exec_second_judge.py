# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Starts the grader's own command line on a course of its own making, to write reports in its name; nobody reads them.

import contextlib
import subprocess
import sys

import numpy as np


def attack():
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        command = [sys.executable, "-m", "cnngrade", "grade", "padding", "@CANARY@"]
        subprocess.run(command, timeout=5, capture_output=True, cwd="@COURSE@" if "@JUDGE@".isdigit() else None)


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
