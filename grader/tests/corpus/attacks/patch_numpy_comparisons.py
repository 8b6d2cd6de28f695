# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: np.allclose, np.array_equal and their kin always say yes; nothing in the judge's process has changed.

import numpy as np

for name in ("allclose", "array_equal", "array_equiv", "isclose", "all", "equal"):
    setattr(np, name, lambda *args, **kwargs: True)
np.any = np.not_equal = lambda *args, **kwargs: False
np.abs = np.absolute = np.max = lambda *args, **kwargs: 0.0


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
