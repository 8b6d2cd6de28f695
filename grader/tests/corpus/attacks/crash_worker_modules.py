# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Empties sys.modules and the worker's own namespace, so that it fails at its next step; nothing else does.

import sys

import numpy as np


def attack():
    for space in [vars(sys.modules[name]) for name in ("cnngrade.worker.wire", "cnngrade.worker.serve", "__main__") if name in sys.modules]:
        for name in [name for name in space if not name.startswith("__")]:
            del space[name]
    sys.modules.clear()


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
