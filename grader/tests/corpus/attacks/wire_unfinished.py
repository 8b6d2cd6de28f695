# expect:
#   verdict: [over-time, wrong, raised]
#   earned: 0
#   call_seconds: 1
# sentence: Announces a body of 200 MB, sends a part of it and waits: whoever reads on waits as well, but not for ever.

import contextlib, fcntl, os, stat, struct, time

import numpy as np

def send(data):
    for fd in range(3, 256):
        with contextlib.suppress(OSError):
            pipe = stat.S_IFMT(os.fstat(fd).st_mode) in (stat.S_IFIFO, stat.S_IFSOCK)
            if pipe and fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE:
                return os.write(fd, data)

def attack():
    send(struct.pack("<4sIQ", b"CNG1", 40, 200 << 20) + b" " * 40 + b"x" * 1000)
    time.sleep(600)

def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)

def output_size(size, kernel, stride=1, padding=0):
    return 0

def same_padding(kernel):
    return 0
