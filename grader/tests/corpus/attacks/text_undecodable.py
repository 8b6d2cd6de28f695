# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Prints bytes that are not UTF-8, halves of surrogates, NUL and form feeds, a megabyte of each; the report can be written.

import os

import numpy as np

for part in (b"\xff\xfe", b"\xed\xa0\x80", b"\x00\x0b\x0c\x1c\x85", "\u2028\ufeff\U000e0001".encode()):
    os.write(1, part * 1000)
    os.write(2, part * 1000)
print("\ud800\udfff" * 100)
raise_at_end = ["\ud800" * 50, b"\xff"]


def attack():
    raise RuntimeError(raise_at_end[0], raise_at_end[1], "\x00\x1f\x7f\x80")


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
