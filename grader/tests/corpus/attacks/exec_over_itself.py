# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Replaces the worker by another program, which writes success on the worker's descriptors; that is not an answer.

import os
import sys

import numpy as np


def attack():
    for descriptor in range(3, 64):
        try:
            os.set_inheritable(descriptor, True)
        except OSError:
            pass
    program = "import os\nfor d in range(1, 64):\n    try: os.write(d, b'{\"ok\": true, \"verdict\": \"passed\"}')\n    except OSError: pass"
    os.execv(sys.executable, [sys.executable, "-c", program])


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
