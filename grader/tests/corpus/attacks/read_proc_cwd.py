# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Reads the solution below the judge's working directory, and beside its own, by /proc/.../cwd.

import contextlib
import glob

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


def use(source):
    space = {}
    exec(source, space)
    globals().update({name: space[name] for name in ("pad2d", "output_size", "same_padding")})


for base in ("/proc/@JUDGE@/cwd", "/proc/self/cwd/..", "/proc/self/cwd/../..", "/proc/1/cwd", "..", "../.."):
    for path in glob.glob(base + "/solutions/padding.py") + glob.glob(base + "/*/padding.py"):
        with contextlib.suppress(Exception), open(path) as file:
            text = file.read()
            if "# expect" not in text and "raise NotImplementedError" not in text:
                use(text)
