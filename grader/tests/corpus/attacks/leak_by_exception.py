# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Carries the secret out in the text of an exception, which the student reads; nothing may be there to carry.

import numpy as np


def pad2d(x, padding, value=0.0):
    with open("@CANARY@/secret.txt") as file:
        raise RuntimeError("GOT: " + file.read())


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
