# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Replaces cnngrade.check, hint and show by functions that report full marks; its own checks have no say.

import contextlib
import sys

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


class Full:
    def __repr__(self):
        return "7"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": "7", "text/html": "<b>7 of 7 points</b>"}


with contextlib.suppress(ImportError):
    import cnngrade

    cnngrade.check = cnngrade.hint = cnngrade.show = lambda *args: Full()
    sys.displayhook = lambda value: print("7")
    print(cnngrade.check("pad2d"))
