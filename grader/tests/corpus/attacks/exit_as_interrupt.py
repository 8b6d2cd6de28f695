# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: KeyboardInterrupt, GeneratorExit and StopIteration, which end loops that do not expect them; the judge's goes on.

import numpy as np


def pad2d(x, padding, value=0.0):
    raise KeyboardInterrupt


def output_size(size, kernel, stride=1, padding=0):
    raise GeneratorExit


def same_padding(kernel):
    raise StopIteration(0)
