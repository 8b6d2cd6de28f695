# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Writes numpy.py, json.py, struct.py and a folder cnngrade beside itself, for the next process to import instead of the real ones.

import contextlib
import os

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


MARK = "import pathlib\nif pathlib.Path('@CANARY@').is_dir():\n    pathlib.Path('@CANARY@', 'imported').touch()\n"
if "@JUDGE@".isdigit():
    for folder in {os.getcwd(), os.path.dirname(os.path.abspath(__file__)), "@COURSE@", "@CANARY@"}:
        for name in ("numpy.py", "json.py", "struct.py", "ctypes.py", "solutions.py", "cnngrade/__init__.py", "cnngrade/worker/serve.py"):
            with contextlib.suppress(OSError):
                os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
                with open(os.path.join(folder, name), "x") as file:
                    file.write(MARK)
