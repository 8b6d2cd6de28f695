# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Allocates room beyond the end of a file (FALLOC_FL_KEEP_SIZE and other modes), where the limit on files does not look.

import ctypes
import os

import numpy as np

libc = ctypes.CDLL(None, use_errno=True)
libc.fallocate.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64)
KEEP_SIZE, PUNCH_HOLE, COLLAPSE, ZERO, INSERT, UNSHARE = 1, 2, 8, 16, 32, 64
for mode in (KEEP_SIZE, ZERO | KEEP_SIZE, ZERO, INSERT, UNSHARE, COLLAPSE, PUNCH_HOLE | KEEP_SIZE):
    descriptor = os.open("room", os.O_RDWR | os.O_CREAT)
    os.ftruncate(descriptor, 1 << 20)
    if libc.fallocate(descriptor, mode, 0, 512 << 10 if mode in (INSERT, COLLAPSE) else 30 << 20) == 0:
        print("GOT: mode", mode, "and", os.fstat(descriptor).st_blocks * 512, "bytes")
    os.close(descriptor)


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
