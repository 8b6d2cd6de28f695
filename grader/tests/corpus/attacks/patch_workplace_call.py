# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Workplace.call is replaced by one that asks the course's solution; it must not be found from here.

import contextlib
import importlib.util
import sys

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


def call(self, function, args, kwargs):
    spec = importlib.util.spec_from_file_location("the_solution", "@COURSE@/solutions/padding.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {"ok": True, "value": getattr(module, function)(*args, **kwargs), "changed": False, "shared": False}


for name in ("__main__", "cnngrade.worker"):
    with contextlib.suppress(Exception):
        sys.modules[name].Workplace.call = call
