"""Where the names on a line come from: those lines of a function are looked at first."""

from __future__ import annotations

from cnngrade.findings.upstream import lines_behind
from cnngrade.worker.cells import Cell

SOURCE = """\
import numpy as np
SIZE = 3
def f(x, k):
    h = len(x)
    size = (h - k) / 2
    out = np.zeros(
        size,
    )
    for i in range(k):
        out[i] = x[i]
    return out
"""


def test_lines_behind_a_line() -> None:
    """a size that is computed before is one step behind where it is used, and what it is computed from is two"""
    assert lines_behind([Cell(SOURCE, "f.py", 11)], 0, 17) == {17: 0, 15: 1, 14: 2}


def test_what_is_put_into_an_array_is_behind_it() -> None:
    """an array's numbers come from where they are put into it"""
    assert lines_behind([Cell(SOURCE, "f.py")], 0, 11) == {11: 0, 6: 1, 10: 1, 5: 2, 9: 2}


def test_where_nothing_can_be_said() -> None:
    """outside of functions, in code that is no Python, and in cells that are not there"""
    assert lines_behind([Cell(SOURCE, "f.py")], 0, 2) == {}
    assert lines_behind([Cell("def f(:", "f.py")], 0, 1) == {}
    assert lines_behind([Cell(SOURCE, "f.py")], 3, 5) == {}
    assert lines_behind([Cell("(" * 10_000, "f.py")], 0, 1) == {}
