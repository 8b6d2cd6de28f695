# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Deletes the victim, its folder and the course with unlink, rmtree and a raw system call.

import contextlib
import ctypes
import os
import shutil

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


with contextlib.suppress(OSError):
    os.unlink("@CANARY@/victim.txt")
ctypes.CDLL(None).syscall(263, -100, b"@CANARY@/victim.txt", 0)
for name in ("victim.txt", "gradebook.db"):
    with contextlib.suppress(OSError):
        os.remove(os.path.join("@CANARY@", name))
if os.path.isfile("@CANARY@/secret.txt"):
    shutil.rmtree("@CANARY@", ignore_errors=True)
