# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Workplace.call is replaced by one that asks the course's solution; it must not be found from here.

import contextlib
import importlib
import sys

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


def call(self, function, args, kwargs):
    sys.path.insert(0, "@COURSE@")
    module = importlib.import_module("solutions.padding")
    return {"ok": True, "value": getattr(module, function)(*args, **kwargs), "changed": False, "shared": False}


for name in ("__main__", "cnngrade.worker.serve"):
    with contextlib.suppress(Exception):
        sys.modules[name].Workplace.call = call
