# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Attaches to the judge with ptrace, which would stop it and open its memory; the kernel must refuse.

import ctypes
import os

import numpy as np


def attack():
    libc = ctypes.CDLL(None, use_errno=True)
    for pid in (int("@JUDGE@"), os.getppid()):
        for request in (16, 0x4206):
            if libc.ptrace(request, pid, 0, 0) == 0:
                print("GOT: the judge, by ptrace")


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
