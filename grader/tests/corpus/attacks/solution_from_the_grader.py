# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Uses the grader's own code, which the worker can import: its course loader is asked for the reference.

import contextlib
from pathlib import Path

import numpy as np


def pad2d(x, padding, value=0.0):
    return np.zeros(1)


def output_size(size, kernel, stride=1, padding=0):
    return 0


def same_padding(kernel):
    return 0


with contextlib.suppress(Exception):
    from cnngrade.course.load import load_course
    from cnngrade.answers.answer_key import live_truth

    for root in (Path("@COURSE@"), *Path(__file__).resolve().parents, *Path.cwd().parents):
        with contextlib.suppress(Exception):
            course = load_course(root)
            reference = live_truth(course, course.unit("padding")).reference().functions
            pad2d, output_size, same_padding = reference.pad2d, reference.output_size, reference.same_padding
