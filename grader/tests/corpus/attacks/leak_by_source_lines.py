# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Names a secret file as the file of its own code, so that the traceback shows that file's lines; it is read on neither side.

import numpy as np


def pad2d(x, padding, value=0.0):
    for path in ("@CANARY@/secret.txt", "@COURSE@/autograde_tests/hidden/test_padding.py"):
        exec(compile("raise RuntimeError('look at the line above')", path, "exec"))


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
