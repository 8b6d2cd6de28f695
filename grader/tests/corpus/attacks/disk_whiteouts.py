# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: A renaming that leaves a file behind (RENAME_WHITEOUT) makes files without creating any; that flag is refused.

import ctypes
import os

import numpy as np

libc = ctypes.CDLL(None, use_errno=True)
open("a0", "w").close()
for number in range(300):
    if libc.renameat2(-100, b"a%d" % number, -100, b"a%d" % (number + 1), 4) != 0:
        break
left = sum(name.startswith("a") for name in os.listdir("."))
if left > 1:
    print("GOT:", left, "files from one")


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
