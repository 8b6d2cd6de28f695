# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Connects by TCP to a listener on this machine and sends it the inputs; no connection may arrive.

import contextlib
import socket

import numpy as np


def attack():
    for host in ("127.0.0.1", "localhost", "::1", "::ffff:127.0.0.1", "0.0.0.0"):
        with contextlib.suppress(OSError, ValueError), socket.create_connection((host, int("@PORT@")), timeout=1) as wire:
            wire.sendall(b"inputs")
            print("GOT: a connection to", host)


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
