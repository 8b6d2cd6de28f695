# expect:
#   verdict: [wrong, raised]
#   earned: 0
#   sentence: sent an answer that cannot be read
# sentence: Answers each request with another wrong type in another field, so that whichever is not checked fails in the judge.

import itertools
import sys

import numpy as np

from cnngrade.worker import wire


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


ODD = itertools.cycle(
    [{"ok": np.ones(2)}, {"changed": np.ones(2)}, {"shared": 10**400}, {"noticed": 7}, {"noticed": [[1]]}, {"id": 1.5},
     {"id": None}, {"trace": "x", "ok": False}, {"reason": [], "ok": False}, {"kinds": {}, "ok": False}, {"counts": 1}]
)
workplace = sys.modules["cnngrade.worker.serve"].Workplace
honest = workplace.answer


def answer(self, message):
    if message["op"] == "load":
        return honest(self, message)
    wrong = next(ODD)
    return wire.pack({"ok": True, "value": 0, "changed": False, "shared": False, "id": message["id"], **wrong})


workplace.answer = answer
