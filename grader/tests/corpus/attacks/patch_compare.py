# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: assert_close, Mismatch and scoring of the grader's package are replaced; the judge has loaded its own copies.

import contextlib
import gc

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


with contextlib.suppress(Exception):
    import cnngrade
    import cnngrade.judge.compare
    import cnngrade.scoring

    for module in [cnngrade, cnngrade.judge.compare, *(part for part in gc.get_objects() if type(part).__name__ == "module")]:
        for name in ("assert_close", "assert_raises", "_compare", "_check_array", "_check_floats"):
            if name in vars(module):
                vars(module)[name] = lambda *args, **kwargs: None
    cnngrade.scoring.total = lambda outcomes: 1000.0
    cnngrade.judge.compare.Mismatch.__new__ = lambda *args: None
