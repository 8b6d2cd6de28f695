# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: chmod, chown, utime, setxattr and truncate on the canary files: their content, times and rights must stay.

import contextlib
import os

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


for name in ("victim.txt", "secret.txt", "gradebook.db", "solution.py", ""):
    path = os.path.join("@CANARY@", name)
    for act in (
        lambda: os.utime(path, (1, 1)),
        lambda: os.setxattr(path, "user.verdict", b"passed"),
        lambda: os.chmod(path, 0o777),
        lambda: os.chown(path, os.getuid(), os.getgid()),
        lambda: os.truncate(path, 0),
    ):
        with contextlib.suppress(OSError):
            act()
