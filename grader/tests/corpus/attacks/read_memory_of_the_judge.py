# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Searches the judge's memory by /proc/JUDGE/mem for the text of the solution; it may not be opened.

import contextlib
import re

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


with contextlib.suppress(OSError), open("/proc/@JUDGE@/maps") as maps, open("/proc/@JUDGE@/mem", "rb", 0) as memory:
    for line in maps:
        match = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
        if match:
            start, end = (int(part, 16) for part in match.groups())
            with contextlib.suppress(OSError, OverflowError):
                memory.seek(start)
                data = memory.read(min(end - start, 1 << 24))
                at = data.find(b"def same_padding")
                if at >= 0:
                    print("GOT:", data[at : at + 200])
