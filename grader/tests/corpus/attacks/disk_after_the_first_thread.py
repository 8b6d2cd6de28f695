# expect:
#   verdict: [wrong, raised, over-time]
#   call_seconds: 3
#   earned: 0
# sentence: Ends the worker's first thread, so that /proc shows neither memory nor files of the process, and goes on in another.

import ctypes
import os
import threading

import numpy as np

libc = ctypes.CDLL(None, use_errno=True)
# Python's own mmap keeps a descriptor, of which there are few.
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long)
EXIT = 60


def go_on():
    first.join(0.5)
    kept = 0
    try:
        for number in range(200):
            with open(f"m{number}", "w+b") as file:
                os.posix_fallocate(file.fileno(), 0, 1 << 20)
                libc.mmap(None, 4096, 1, 1, file.fileno(), 0)
            os.unlink(f"m{number}")
            kept += 1
    except OSError as error:
        print(error, flush=True)
    if kept > 64:
        print("GOT:", kept, "files", flush=True)
    os._exit(0)


first = threading.main_thread()
threading.Thread(target=go_on).start()
if "@JUDGE@".isdigit():
    libc.syscall(EXIT, 0)


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
