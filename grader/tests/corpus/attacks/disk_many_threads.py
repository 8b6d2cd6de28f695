# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Two hundred threads create files at the same time, so that each might pass before the others are counted.

import os
import threading

import numpy as np

threading.stack_size(65536)
start = threading.Barrier(201)
made = []


def create(number):
    start.wait()
    for again in range(4):
        try:
            os.close(os.open(f"t{number}_{again}", os.O_WRONLY | os.O_CREAT | os.O_EXCL))
            made.append(number)
        except OSError:
            return


threads = [threading.Thread(target=create, args=(number,)) for number in range(200)]
for thread in threads:
    thread.start()
start.wait()
for thread in threads:
    thread.join()
there = sum(name.startswith("t") for name in os.listdir("."))
if (there > 64 or len(made) > 64) and not os.statvfs(".").f_blocks * os.statvfs(".").f_frsize == 64 << 20:
    print("GOT:", there, "files, and", len(made), "were made")


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
