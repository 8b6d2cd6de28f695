# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: HTML and ANSI escapes as the names of functions, files and frames of the traceback; they are shown as text.

import types

import numpy as np

NAME = "<img src=x onerror=alert(1)>\x1b[2J\n7 of 7"


def attack():
    code = compile("def f():\n    raise RuntimeError('look above')\n", NAME, "exec")
    space = {}
    exec(code, space)
    renamed = space["f"].__code__.replace(co_name=NAME, co_qualname=NAME)
    types.FunctionType(renamed, space)()


globals()[NAME] = attack
attack.__name__ = attack.__qualname__ = NAME


def pad2d(x, padding, value=0.0):
    attack()
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0
