# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: process_vm_readv on the judge by ctypes, at the addresses of this process's own heap; the kernel must refuse.

import ctypes

import numpy as np


class Piece(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


libc = ctypes.CDLL(None, use_errno=True)
room = ctypes.create_string_buffer(4096)
for address in (0x400000, 0x555555554000, id(None) & ~0xFFF, id(np) & ~0xFFF):
    mine, theirs = Piece(ctypes.addressof(room), 4096), Piece(address, 4096)
    if libc.process_vm_readv(int("@JUDGE@"), ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0) > 0:
        print("GOT:", room.raw[:16])
    elif ctypes.get_errno() == 14:
        print("GOT: leave to read the judge's memory, but not an address")
