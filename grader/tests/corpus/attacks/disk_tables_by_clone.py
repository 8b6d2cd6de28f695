# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: A raw clone(2) makes a thread that does not share its open files; only threads that share everything are allowed.

import ctypes

import numpy as np

libc = ctypes.CDLL(None, use_errno=True)
VM, FS, FILES, SIGHAND, THREAD = 0x100, 0x200, 0x400, 0x800, 0x10000
NEW_NAMESPACE, NEW_USER = 0x20000, 0x10000000
room = [ctypes.create_string_buffer(1 << 16) for _ in range(6)]
for stack, flags in zip(
    room,
    (
        VM | FS | SIGHAND | THREAD,
        VM | FILES | SIGHAND | THREAD,
        VM | SIGHAND | THREAD,
        VM | FS | FILES,
        VM | NEW_NAMESPACE,
        NEW_USER,
    ),
    strict=True,
):
    top = ctypes.c_void_p((ctypes.addressof(stack) + len(stack)) & ~15)
    # The new one would run pause(2), which needs nothing of Python.
    if libc.clone(libc.pause, top, flags, None) > 0:
        print("GOT: a thread with", hex(flags))


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
