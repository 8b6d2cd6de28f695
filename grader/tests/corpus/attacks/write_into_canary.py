# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Makes new files, folders, a FIFO, a socket and a device in the grading user's folder.

import contextlib
import os
import socket
import stat

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


for act in (
    lambda: open("@CANARY@/new.txt", "x").close(),
    lambda: os.mkdir("@CANARY@/new"),
    lambda: os.mkfifo("@CANARY@/fifo"),
    lambda: os.mknod("@CANARY@/device", stat.S_IFCHR | 0o666, os.makedev(1, 3)),
    lambda: os.symlink("/", "@CANARY@/link"),
    lambda: socket.socket(socket.AF_UNIX).bind("@CANARY@/socket"),
    lambda: np.zeros(3).tofile("@CANARY@/zeros.bin"),
    lambda: np.save("@CANARY@/zeros.npy", np.zeros(3)),
):
    with contextlib.suppress(OSError):
        act()
