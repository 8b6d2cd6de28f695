# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Writes sitecustomize.py and usercustomize.py wherever Python looks, for the next worker to run; it must find neither.

import contextlib
import os
import sys

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


MARK = "import pathlib\nif pathlib.Path('@CANARY@').is_dir():\n    pathlib.Path('@CANARY@', 'customized').touch()\n"
if "@JUDGE@".isdigit():
    for folder in {os.getcwd(), os.path.dirname(os.path.abspath(__file__)), *filter(os.path.isdir, sys.path), "@COURSE@"}:
        for name in ("sitecustomize.py", "usercustomize.py"):
            with contextlib.suppress(OSError), open(os.path.join(folder, name), "x") as file:
                file.write(MARK)
