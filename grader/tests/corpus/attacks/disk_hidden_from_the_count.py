# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Moves mappings of removed files through its memory while the judge counts them; for a count the worker stands still.

import ctypes
import os
import threading
import time

import numpy as np

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = libc.mremap.restype = ctypes.c_void_p
libc.mmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long)
libc.mremap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_int, ctypes.c_void_p)
PAGE, SLOTS = 4096, 512
READ, SHARED, ANONYMOUS_PRIVATE, MAY_MOVE_TO = 1, 1, 0x22, 3
until = time.monotonic() + 1.0
area = libc.mmap(None, 4 * SLOTS * PAGE, READ, ANONYMOUS_PRIVATE, -1, 0)
low, high = area, area + 2 * SLOTS * PAGE
kept = []


def shuffle():
    while time.monotonic() < until:
        for number in range(len(kept)):
            here, there = (low, high) if kept[number] else (high, low)
            libc.mremap(here + 2 * number * PAGE, PAGE, PAGE, MAY_MOVE_TO, there + 2 * number * PAGE)
            kept[number] = not kept[number]


thread = threading.Thread(target=shuffle)
thread.start()
while time.monotonic() < until and len(kept) < SLOTS:
    try:
        descriptor = os.open("s", os.O_RDWR | os.O_CREAT)
    except OSError:
        time.sleep(0.001)
        continue
    os.posix_fallocate(descriptor, 0, PAGE)
    moved = libc.mmap(None, PAGE, READ, SHARED, descriptor, 0)
    libc.mremap(moved, PAGE, PAGE, MAY_MOVE_TO, low + 2 * len(kept) * PAGE)
    kept.append(True)
    os.close(descriptor)
    os.unlink("s")
thread.join()
if len(kept) > 64 and os.statvfs(".").f_blocks * os.statvfs(".").f_frsize != 64 << 20:
    print("GOT:", len(kept), "removed files")


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
