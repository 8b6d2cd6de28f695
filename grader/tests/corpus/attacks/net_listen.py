# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Opens a port and waits for whoever knows of it, and shares descriptors by SCM_RIGHTS; nobody comes.

import contextlib
import socket

import numpy as np


def attack():
    with contextlib.suppress(OSError):
        socket.socket(socket.AF_UNIX).bind("\0padding")
    with contextlib.suppress(OSError):
        wire = socket.socket(socket.AF_UNIX)
        wire.settimeout(1)
        wire.connect("@UNIX@")
        socket.send_fds(wire, [b"x"], [1, 2])
        print("GOT: a connection")
    with contextlib.suppress(OSError):
        server = socket.create_server(("0.0.0.0", 0))
        server.settimeout(0.2)
        server.accept()
        print("GOT: a visitor")


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
