# expect:
#   verdict: [raised, wrong, unfinished]
#   earned: 0
# sentence: A cell that fails with HTML and ANSI escapes in its exception, whose text is at the head of the report.

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


# %%
raise type("<b>PASSED</b>\x1b[2J", (Exception,), {})("<script>alert(1)</script>\x1b[2J\x1b[H 7 of 7 points " * 50)

# %%
raise SyntaxError("<script>alert(2)</script>", ("<b>file</b>", 10**9, -1, "\x1b[2J"))

# %%
class Strange(SyntaxError):
    lineno, msg = "seven", "strange"


raise Strange
