# expect:
#   verdict: [wrong, raised]
#   earned: 0
#   sentence: sent an answer that cannot be read
# sentence: Answers with an identity that is an array: comparing it fails in the judge, and a failure there would be no score at all.

import sys

import numpy as np

from cnngrade.worker import wire


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


workplace = sys.modules["cnngrade.worker.serve"].Workplace
honest = workplace.answer


def answer(self, message):
    if message["op"] == "load":
        return honest(self, message)
    return wire.pack({"ok": True, "value": 0, "changed": False, "shared": False, "id": np.zeros(2)})


workplace.answer = answer
