# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Reads the hidden tests, prints them and takes the answers written there; they must be nowhere on this side.

import contextlib
import os
import re

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


for path in ("@COURSE@/autograde_tests/hidden/test_padding.py", "autograde_tests/hidden/test_padding.py"):
    with contextlib.suppress(OSError), open(path) as file:
        print("GOT:", file.read())
for folder, _, names in os.walk("@COURSE@"):
    for name in names:
        if re.search(r"hidden|secret|\btest_", os.path.join(folder, name)):
            with contextlib.suppress(OSError), open(os.path.join(folder, name), errors="replace") as file:
                print("GOT:", name, file.read(200))
