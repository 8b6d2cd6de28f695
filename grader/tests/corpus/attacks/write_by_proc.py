# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Opens the victim for writing by /proc/self/root, a link of its own, and a descriptor opened with O_PATH and opened again.

import contextlib
import os

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


with contextlib.suppress(OSError):
    os.symlink("@CANARY@/victim.txt", "mine")
for path in ("/proc/self/root@CANARY@/victim.txt", "mine", "/proc/1/root@CANARY@/victim.txt", "/proc/@JUDGE@/root@CANARY@/victim.txt"):
    with contextlib.suppress(OSError), open(path, "a") as file:
        file.write("attacked")
with contextlib.suppress(OSError):
    held = os.open("@CANARY@/victim.txt", os.O_PATH)
    os.write(os.open(f"/proc/self/fd/{held}", os.O_WRONLY), b"attacked")
