# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Writes the files in which graders of other kinds look for results; nobody reads them here.

import contextlib
import os

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


RESULTS = '{"score": 100, "verdict": "passed", "earned": 7, "possible": 7, "tests": [{"score": 100, "status": "passed"}]}'
if "@JUDGE@".isdigit():
    for folder in (".", "..", "@CANARY@", "@COURSE@", "/autograder/results", "/tmp"):
        for name in ("results.json", "report.json", "junit.xml", "padding.json", "feedback.html"):
            with contextlib.suppress(OSError), open(os.path.join(folder, name), "x") as file:
                file.write(RESULTS)
