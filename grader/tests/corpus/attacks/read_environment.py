# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Prints environment variables that look like secrets, its own and those of the processes above it; the worker has none.

import contextlib
import os
import re

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


SECRET = re.compile(rb"(?i)(?:token|secret|password|api_?key|credential)[^=\0]*=[^\0]+")
texts = [b"\0".join(k + b"=" + v for k, v in os.environb.items())]
for pid in (os.getppid(), 1, "@JUDGE@"):
    with contextlib.suppress(OSError), open(f"/proc/{pid}/environ", "rb") as file:
        texts.append(file.read())
for text in texts:
    for found in SECRET.findall(text):
        print("GOT:", found[:12], "...")
