# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Returns reports of its own success instead of answers; they are compared with the answers.

import numpy as np


def pad2d(x, padding, value=0.0):
    return {"ok": True, "verdict": "passed", "earned": 100, "possible": 100, "cases": [{"passed": True}] * 20}


def output_size(size, kernel, stride=1, padding=0):
    return "passed"


def same_padding(kernel):
    return True
