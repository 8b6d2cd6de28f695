# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Maps files, then closes and removes them: they are in no folder and not open, and still take room; they are counted.

import ctypes
import os

import numpy as np

libc = ctypes.CDLL(None, use_errno=True)
# Python's own mmap keeps a descriptor, of which there are few.
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long)

kept = 0
try:
    for number in range(200):
        with open(f"m{number}", "w+b") as file:
            os.posix_fallocate(file.fileno(), 0, 1 << 20)
            libc.mmap(None, 4096, 1, 1, file.fileno(), 0)
        os.unlink(f"m{number}")
        kept += 1
except OSError as error:
    print(error)
if kept > 64:
    print("GOT:", kept, "files of 1 MiB that nobody sees")


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
