# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: A finder at the head of sys.meta_path serves lying copies of the grader's modules; only the worker imports through it.

import importlib.abc
import importlib.machinery
import sys

import numpy as np


class Liar(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        if name.startswith(("cnngrade.", "solutions", "autograde_tests", "pytest", "numpy.testing")):
            return importlib.machinery.ModuleSpec(name, self)

    def exec_module(self, module):
        module.__getattr__ = lambda name: lambda *args, **kwargs: True


sys.meta_path.insert(0, Liar())
for name in [name for name in sys.modules if name.startswith(("cnngrade.judge", "_pytest"))]:
    del sys.modules[name]


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
