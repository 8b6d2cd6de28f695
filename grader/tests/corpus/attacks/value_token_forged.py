# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Returns the worker's own tokens for kept objects, with numbers that it does not have; a token is not an answer.

import sys

import numpy as np


def token(number):
    wire = sys.modules.get("cnngrade.worker.wire")
    return wire.Token(number, "ndarray" * 100) if wire else 0


def pad2d(x, padding, value=0.0):
    return token(10**30)


def output_size(size, kernel, stride=1, padding=0):
    return token(-1)


def same_padding(kernel):
    return token(0)
