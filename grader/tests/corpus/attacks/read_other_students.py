# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Looks beside and above its own folder, and in the folders for temporary files, for others' work on the same unit.

import contextlib
import glob
import os
import tempfile

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


own = os.path.abspath(__file__)
places = ["..", "../..", os.path.dirname(own) + "/..", tempfile.gettempdir(), "/tmp", "@CANARY@/..", "@COURSE@/classroom"]
for place in places:
    for path in glob.glob(place + "/*/padding.py") + glob.glob(place + "/*/*/padding.py") + glob.glob(place + "/*.py"):
        with contextlib.suppress(BaseException):
            if os.path.abspath(path) != own and "def pad2d" in (text := open(path).read()) and "# expect" not in text:
                print("GOT:", path)
                use(text)
