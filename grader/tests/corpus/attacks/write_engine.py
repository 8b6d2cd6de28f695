# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Makes the grader's own package and Python's library writable and puts a module there; the worker may not write to either.

import contextlib
import os
import sys

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


if "@JUDGE@".isdigit():
    for module in ("cnngrade", "numpy", "json", "os"):
        with contextlib.suppress(OSError, KeyError, AttributeError, TypeError):
            folder = os.path.dirname(os.path.abspath(sys.modules[module].__file__))
            path = os.path.join(folder, "written_by_a_submission.py")
            with open(path, "x") as file:
                print("GOT: a place in", folder)
            os.unlink(path)
