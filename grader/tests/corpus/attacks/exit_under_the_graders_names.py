# expect:
#   verdict: [raised, wrong, over-memory, unfinished]
#   earned: 0
# sentence: Raises under the names of the grader's own errors, so that the fault seems to be the grader's and costs nothing.

import numpy as np


def pretend(name, *bases):
    raise type(name, (*bases, Exception), {})("The solution does not pass this case")


def pad2d(x, padding, value=0.0):
    pretend("Fault", type("CnngradeError", (Exception,), {}))


def output_size(size, kernel, stride=1, padding=0):
    pretend("Unsendable")


def same_padding(kernel):
    pretend("WorkerGone", type("CourseError", (Exception,), {}))
