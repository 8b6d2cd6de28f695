# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Loads the solution's compiled bytes from the course's __pycache__; they are as unreadable as the source.

import contextlib
import glob
import marshal

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


for path in glob.glob("@COURSE@/**/__pycache__/padding*.pyc", recursive=True):
    with contextlib.suppress(Exception), open(path, "rb") as file:
        space = {"__name__": "solutions.padding"}
        exec(marshal.loads(file.read()[16:]), space)
        pad2d, output_size, same_padding = (space[name] for name in ("pad2d", "output_size", "same_padding"))
