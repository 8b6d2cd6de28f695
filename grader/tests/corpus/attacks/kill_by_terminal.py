# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Types into the judge's terminal (TIOCSTI), takes it for itself and hangs it up; the worker has none.

import contextlib
import fcntl
import os
import termios

import numpy as np


def attack():
    for path in ("/dev/tty", "/dev/pts/0", "/dev/pts/1", "/proc/@JUDGE@/fd/0", "/proc/@JUDGE@/fd/2"):
        with contextlib.suppress(OSError):
            terminal = os.open(path, os.O_RDWR | os.O_NOCTTY)
            if os.isatty(terminal) and "@JUDGE@".isdigit():
                fcntl.ioctl(terminal, termios.TIOCSTI, b"\x03")
                print("GOT: a terminal")


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
