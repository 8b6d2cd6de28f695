"""A cell that is no Python: its line is shown with a mark at the place, whatever cell of the file it stands in."""

from __future__ import annotations

import sys

import pytest

from cnngrade.worker.cells import Cell, run_cells

FIRST = 10
"""The line of the file at which the broken cell begins."""


def problem(source: str) -> str:
    cells = [Cell("x = 1\n", "work.py", 1), Cell(source, "work.py", FIRST)]
    _, failures = run_cells(cells, "broken_cells", "work.py")
    return failures[0].text


@pytest.mark.parametrize(
    ("source", "line", "shown"),
    [
        ("def f(x)\n    return 2", 10, ["def f(x)", "        ^"]),
        ("x = 1\ny = (1,\n", 11, ["y = (1,", "    ^"]),
        ("def f(x):\n\treturn (2 * x", 11, ["return (2 * x", "       ^"]),
        ("if x:\n    f(a, b c)", 11, ["f(a, b c)", "     ^^^"]),
        ("def f(x):\nreturn x", 11, ["return x", "^^^^^^"]),
        ("print 'hallo'", 10, ["print 'hallo'", "^^^^^^^^^^^^^"]),
        ("é = 'é' 5", 10, ["é = 'é' 5", "        ^"]),
        ("x = “a”", 10, ["x = “a”", "    ^"]),
        ("y = 1\n\nreturn 5", 12, ["return 5", "^^^^^^^^"]),
        ("for i in range(3):\n    pass\nbreak", 12, ["break", "^^^^^"]),
        ("y = 1\ndef f(a, a): pass", 11, ["def f(a, a): pass", "         ^"]),
    ],
)
def test_a_line_that_is_no_python_is_shown_with_its_place(source: str, line: int, shown: list[str]) -> None:
    """the line is that of the file, also where Python reads the cell and finds out only when it compiles it"""
    head, *below = problem(source).split("\n")
    assert head.startswith(f"work.py, line {line}: ")
    # Python marks more of some lines from version to version, and never begins elsewhere.
    assert below[0] == "    " + shown[0]
    assert below[1].rstrip("^") == ("    " + shown[1]).rstrip("^")
    assert below[1].endswith("^")
    assert len(below) == 2


def test_a_second_line_that_is_named_is_the_files() -> None:
    """where Python names the line of the `if` as well, it is counted in the file"""
    assert "after 'if' statement on line 11" in problem("y = 1\nif x:\nreturn x")


def test_a_long_line_is_shown_around_its_place() -> None:
    """of a line that fills no terminal only a part is shown, with the place in it"""
    _, line, mark = problem("x = " + "1 + " * 60 + "* 3").split("\n")
    assert max(map(len, (line, mark))) <= 88
    assert line[mark.index("^")] == "*"


@pytest.mark.parametrize("source", ["\x00", "x = (" + "(" * 300, "if x:\n    pass\n  y = 2", "'''", "\\", "x = 5 \\ 3"])
def test_whatever_is_no_python_has_a_text(source: str) -> None:
    """a place that Python gives past the end of the line, or none at all, is no error of ours"""
    assert problem(source).startswith("work.py")
    assert len(problem(source)) < 700


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python has the syntax")
@pytest.mark.parametrize("source", ["type X = int", "x = 1\nf'{'a'}'", "def f[T](x): pass"])
def test_syntax_of_a_later_python_is_named(source: str) -> None:
    """what a later version of Python would run is told with that version"""
    assert "(this may be syntax of Python 3.12; Python 3.11 runs it here)" in problem(source)


def test_what_runs_and_raises_has_no_mark() -> None:
    """an exception of a cell, also one about a text that it runs, is one line"""
    assert "\n" not in problem("compile('a b', 'other', 'exec')")
    assert problem("1 / 0") == "work.py, line 10: ZeroDivisionError: division by zero"
