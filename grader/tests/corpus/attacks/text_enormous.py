# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Exceptions with texts of 500 MB, of a million lines, and with a file name of 5 MB in the traceback; a little is kept.

import numpy as np


def pad2d(x, padding, value=0.0):
    raise RuntimeError("x" * 500_000_000)


def output_size(size, kernel, stride=1, padding=0):
    raise RuntimeError("line\n" * 1_000_000)


def same_padding(kernel):
    exec(compile("raise RuntimeError('a long way')", "f" * 5_000_000, "exec"))
