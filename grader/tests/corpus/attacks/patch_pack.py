# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: The worker's wire.pack adds a verdict and points to every answer; the judge takes neither from anyone.

import contextlib
import sys

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


def pack(message, keep=None, honest=None):
    claims = {"verdict": "passed", "outcome": "passed", "points": 100.0, "earned": 100.0, "changed": False}
    return honest({**message, **claims, "ok": True, "value": "passed"}, keep)


with contextlib.suppress(Exception):
    wire = sys.modules["cnngrade.worker.wire"]
    wire.pack = lambda message, keep=None, honest=wire.pack: pack(message, keep, honest)
