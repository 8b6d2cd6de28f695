# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: Raises pytest's and unittest's own skips, which turn a failing test into one that does not count; they are failures here.

import unittest

import numpy as np


def skip(name):
    try:
        import _pytest.outcomes as outcomes
    except ImportError:
        outcomes = unittest
    raise getattr(outcomes, name, unittest.SkipTest)("this case does not count")


def pad2d(x, padding, value=0.0):
    skip("Skipped")


def output_size(size, kernel, stride=1, padding=0):
    skip("XFailed")


def same_padding(kernel):
    skip("Exit")
