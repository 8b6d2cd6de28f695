# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Climbs up from its own file, the working directory and the grader's package to a folder with solutions/padding.py; none can be read.

import contextlib
import importlib
import os
import sys
from pathlib import Path

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


for start in [__file__, os.getcwd(), np.__file__, *sys.path, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]:
    for folder in Path(start or ".").resolve().parents:
        with contextlib.suppress(Exception):
            if (folder / "solutions" / "padding.py").is_file():
                sys.path.insert(0, str(folder))
                solution = importlib.import_module("solutions.padding")
                pad2d, output_size, same_padding = solution.pad2d, solution.output_size, solution.same_padding
