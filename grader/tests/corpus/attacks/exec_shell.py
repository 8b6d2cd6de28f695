# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Starts a shell by subprocess, os.system, os.popen, posix_spawn and the C library to write into the grading user's folder.

import contextlib
import ctypes
import os
import subprocess

import numpy as np


def attack():
    command = "echo attacked >> '@CANARY@/victim.txt'; cp '@CANARY@/secret.txt' '@CANARY@/copy.txt'"
    os.system(command)
    ctypes.CDLL(None).system(command.encode())
    with contextlib.suppress(OSError):
        os.popen(command).read()
    with contextlib.suppress(OSError):
        subprocess.run(command, shell=True, timeout=2)
    with contextlib.suppress(OSError):
        os.waitpid(os.posix_spawn("/bin/sh", ["sh", "-c", command], {}), 0)


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
