# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Files that never had a name (O_TMPFILE), held by mappings alone; they are counted like others.

import ctypes
import os

import numpy as np

libc = ctypes.CDLL(None, use_errno=True)
# Python's own mmap keeps a descriptor, of which there are few.
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long)

kept = 0
try:
    for _ in range(200):
        descriptor = os.open(".", os.O_RDWR | os.O_TMPFILE)
        os.posix_fallocate(descriptor, 0, 1 << 20)
        libc.mmap(None, 4096, 1, 1, descriptor, 0)
        os.close(descriptor)
        kept += 1
except OSError as error:
    print(error)
if kept > 64:
    print("GOT:", kept, "files without a name")


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
