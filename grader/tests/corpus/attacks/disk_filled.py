# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Fills the disk that holds the scratch folders of all judges, as fast as it can be allocated (here: some GiB); files are few and small.

import os

import numpy as np

total = 0
try:
    for number in range(200):
        descriptor, size = os.open(f"l{number}", os.O_RDWR | os.O_CREAT), 16 << 20
        while size >= 4096:
            try:
                os.posix_fallocate(descriptor, os.fstat(descriptor).st_size, size)
            except OSError:
                size //= 2
        total += os.fstat(descriptor).st_blocks * 512
        os.close(descriptor)
except OSError as error:
    print(error)
if total > 257 << 20:
    print("GOT:", total >> 20, "MiB")


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
