# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Copies within the kernel (copy_file_range, sendfile, splice, vmsplice) to go past the limit on a file; it holds for each of them.

import contextlib
import os

import numpy as np


def copying(name):
    with open(f"to_{name}", "w+b", 0) as file, contextlib.suppress(OSError):
        while file.seek(0, 2) < 40 << 20:
            yield file.fileno()
    if (size := os.stat(f"to_{name}").st_size) > 16 << 20:
        print("GOT:", size, "bytes by", name)
    os.unlink(f"to_{name}")


with open("from", "w+b", 0) as source:
    source.write(bytes(1 << 20))
    here = source.fileno()
    for there in copying("copy_file_range"):
        if os.copy_file_range(here, there, 1 << 20, 0) == 0:
            break
    for there in copying("sendfile"):
        if os.sendfile(there, here, 0, 1 << 20) == 0:
            break
    outgoing, incoming = os.pipe()
    for there in copying("splice"):
        if os.splice(here, incoming, 1 << 16, 0) == 0 or os.splice(outgoing, there, 1 << 16) == 0:
            break
    for there in copying("ftruncate"):
        os.ftruncate(there, 1 << 40)
    for there in copying("pwrite"):
        os.pwrite(there, b"x", 1 << 38)


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
