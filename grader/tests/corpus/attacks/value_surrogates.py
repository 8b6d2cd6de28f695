# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Texts with halves of surrogate pairs, NUL and a byte-order mark, which break whoever encodes them; they are escaped.

import numpy as np


def pad2d(x, padding, value=0.0):
    return {"\ud800": "\udfff\x00\ufeff\u202e"}


def output_size(size, kernel, stride=1, padding=0):
    raise RuntimeError("\ud800 \x00 \udc80")


def same_padding(kernel):
    return "\udcff" * 100
