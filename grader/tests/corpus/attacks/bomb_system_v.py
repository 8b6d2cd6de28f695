# expect:
#   verdict: [raised, wrong, over-memory, over-time]
#   earned: 0
#   call_seconds: 5
# sentence: System V shared memory, semaphores and queues outlive the processes that made them; these must not.

import ctypes

import numpy as np


def attack():
    libc = ctypes.CDLL(None, use_errno=True)
    libc.shmat.restype = ctypes.c_void_p
    for number in range(64 * "@JUDGE@".isdigit()):
        segment = libc.shmget(0x4E470000 + number, ctypes.c_size_t(8 << 20), 0o1666)
        where = libc.shmat(segment, None, 0)
        if segment >= 0 and where not in (None, ctypes.c_size_t(-1).value):
            ctypes.memset(where, 1, 8 << 20)
        libc.msgget(0x4E470000 + number, 0o1666)
        libc.semget(0x4E470000 + number, 8, 0o1666)


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
