# expect:
#   verdict: [raised, wrong, over-memory, over-time, unfinished]
#   earned: 0
#   call_seconds: 3
# sentence: A constant that the compiler folds and an expression that it nests: compiling it costs time and memory, in the worker.

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


try:
    compile("-" * 200_000 + "1", "bomb", "eval")
except (RecursionError, MemoryError, SyntaxError):
    pass
exec("lambda: " + "(1," * 150 + ")" * 150)
exec("x = " + "+".join(["1"] * 50_000))
