# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: HTML and ANSI escapes in returned texts, in the keys of a dict and in the name of a type; they are shown as text.

import numpy as np

SCRIPT = "<script>alert(1)</script>\x1b[2J7 of 7\x1b[0m"


def pad2d(x, padding, value=0.0):
    return {SCRIPT: SCRIPT, "</td>": 7}


def output_size(size, kernel, stride=1, padding=0):
    return SCRIPT


def same_padding(kernel):
    return type(SCRIPT, (), {})()
