# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: HTML and ANSI escapes in the text of exceptions and in the names of their classes; they are shown as text.

import numpy as np

SCRIPT = "<script>alert('passed')</script><style>*{display:none}</style>\x1b[2J\x1b[1;32mPASSED\x1b[0m\r\n\x1b]52;c;cGFzc2Vk\x07"


def pad2d(x, padding, value=0.0):
    raise RuntimeError(SCRIPT)


def output_size(size, kernel, stride=1, padding=0):
    raise type(SCRIPT, (Exception,), {})("a class with a name like that")


def same_padding(kernel):
    raise type("E</td></tr></table><h1>7 of 7</h1>", (Exception,), {})("&lt;b&gt;&amp;")
