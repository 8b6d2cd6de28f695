# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Leaves a folder where its own file is written and ends its worker: the next one would fail before any of its code has run.

import contextlib
import os


def attack():
    for name in ("padding.py", "padding.ipynb", "data"):
        with contextlib.suppress(OSError):
            os.remove(name)
        with contextlib.suppress(OSError):
            os.makedirs(f"{name}/in/the/way", mode=0o000)
    os._exit(0)


def pad2d(x, padding, value=0.0):
    attack()


def output_size(size, kernel, stride=1, padding=0):
    attack()


def same_padding(kernel):
    attack()
