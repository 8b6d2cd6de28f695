# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Announces a header of 4 GB and a body of 16 EB; no memory is asked for before the length has been looked at.

import contextlib, fcntl, os, stat, struct

import numpy as np

def send(data):
    for fd in range(3, 256):
        with contextlib.suppress(OSError):
            pipe = stat.S_IFMT(os.fstat(fd).st_mode) in (stat.S_IFIFO, stat.S_IFSOCK)
            if pipe and fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE:
                return os.write(fd, data)

def attack():
    send(struct.pack("<4sIQ", b"CNG1", 2**32 - 1, 2**64 - 1) + b"x" * 60_000)

def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)

def output_size(size, kernel, stride=1, padding=0):
    return 0

def same_padding(kernel):
    return 0
