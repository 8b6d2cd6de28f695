# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Gives each thread a table of open files of its own (CLOSE_RANGE_UNSHARE), to hold gigabytes of removed ones; that flag is refused.

import ctypes
import os
import threading

import numpy as np

libc = ctypes.CDLL(None, use_errno=True)
held = []
CLOSE_RANGE, UNSHARE = 436, 2


def hold():
    if libc.syscall(CLOSE_RANGE, 60000, 60000, UNSHARE) == 0:
        held.append("a table of its own")
    for number in range(50):
        name = f"f{threading.get_ident()}_{number}"
        try:
            descriptor = os.open(name, os.O_RDWR | os.O_CREAT)
            os.posix_fallocate(descriptor, 0, 4 << 20)
            os.unlink(name)
        except OSError:
            return
        held.append(name)


threads = [threading.Thread(target=hold) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
if len(held) > 64 or "a table of its own" in held:
    print("GOT:", len(held), "removed files that are open")


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
