# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: The answer is a file mapped into memory that is written to after the return; the judge gets bytes, not a file.

import threading
import time

import numpy as np


def pad2d(x, padding, value=0.0):
    out = np.memmap("answer.bin", dtype=float, mode="w+", shape=(*x.shape[:2], x.shape[2] + 2, x.shape[3] + 2))
    threading.Thread(target=lambda: (time.sleep(0.01), out.fill(1.0), open("answer.bin", "w").close()), daemon=True).start()
    return out


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
