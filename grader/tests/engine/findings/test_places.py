"""Which lines are told, out of the edits that make a function right, and in which words."""

from __future__ import annotations

import pytest

from cnngrade.findings.places import Solution, finding, told_places
from cnngrade.model import SourceLine
from cnngrade.worker.cells import Cell
from cnngrade.worker.edits import Edit

SCRIPT = (Cell("import numpy as np", "scaling.py"), Cell("def double(x):\n    y = x\n    return y + 1", "scaling.py", 10))


def solution(*lines: int, removes: bool = False, what: str = "the operator") -> Solution:
    return Solution(tuple(Edit(1, line, what, 0, "", removes) for line in lines))


@pytest.mark.parametrize(
    ("solutions", "told"),
    [
        ([], []),
        ([solution(11)], [11]),
        ([solution(11), solution(11)], [11]),
        ([solution(12), solution(11)], [11, 12]),
        ([solution(11, 12)], [11, 12]),
        ([solution(10), solution(11), solution(12)], []),
        ([solution(11, 12), solution(10, 12), solution(12, 14)], [12]),
        ([solution(11, 12, 14)], []),
        ([solution(11, removes=True)], []),
        ([solution(11, removes=True), solution(12)], [12]),
    ],
)
def test_places_that_are_told(solutions: list[Solution], told: list[int]) -> None:
    """one or two lines, or the one that each pair needs; none where work is only left out, or more lines would do"""
    assert told_places(solutions) == [(1, line) for line in told]


def test_words_for_one_line() -> None:
    """the line, the kind of thing on it, and its text"""
    found = finding("double", [solution(12)], SCRIPT)
    assert found is not None
    assert found.text == "Line 12: look at the operator.\n    return y + 1"
    assert found.places == (SourceLine("scaling.py", 12),)


def test_words_for_two_lines() -> None:
    """whether one of them is enough is said"""
    either, both = finding("double", [solution(11), solution(12)], SCRIPT), finding("double", [solution(11, 12)], SCRIPT)
    assert either is not None
    assert either.text.startswith("Look at one of two places.\nLine 11: ")
    assert both is not None
    assert both.text.startswith("Look at two places.\nLine 11: ")


def test_words_for_a_part() -> None:
    """that there is more is said, and of two lines neither is told"""
    part = finding("double", [Solution(solution(12).edits, is_partial=True)], SCRIPT)
    assert part is not None
    assert part.text.endswith("A change there puts some of the wrong calls right, and not all of them.")
    assert finding("double", [Solution(solution(line).edits, is_partial=True) for line in (11, 12)], SCRIPT) is None


def test_a_check_and_its_raise_are_one_place() -> None:
    """whether the condition or the `raise` below it is changed, the condition is told"""
    cell = Cell("def f(x):\n    if x:\n        raise ValueError\n    return x", "f.py")
    both = [Solution((Edit(0, line, "this check", 0, "", False),)) for line in (2, 3)]
    found = finding("f", both, [cell])
    assert found is not None
    assert found.text == "Line 2: look at this check.\n    if x:"


def test_words_in_a_notebook() -> None:
    """the cell is named, as its lines begin anew"""
    found = finding(
        "double", [Solution((Edit(0, 2, "the index", 0, "", False),))], [Cell("def f(x):\n    return x[0]", "n.ipynb cell 5")]
    )
    assert found is not None
    assert found.text == "Cell 5, line 2: look at the index.\n    return x[0]"
    running = finding(
        "double", [Solution((Edit(0, 2, "the index", 0, "", False),))], [Cell("def f(x):\n    return x[0]", "cell [5]")]
    )
    assert running is not None
    assert running.text == "Cell [5], line 2: look at the index.\n    return x[0]"


def test_a_strangers_line_is_visible_and_short() -> None:
    """escape sequences do nothing, and a line of ten thousand characters is cut"""
    cell = Cell(f"def f(x):\n    return '\x1b[31m' + {'x' * 10_000}", "f.py")
    found = finding("f", [Solution((Edit(0, 2, "a name", 0, "", False),))], [cell])
    assert found is not None
    assert "\x1b" not in found.text
    assert len(found.text) < 200
