"""The examples of a unit, in docstrings and in the lesson's text, are run with the solution."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.course.modules import load_module
from cnngrade.jobs.examples import blocks_in_text, check_examples
from support import tiny_course

BEFORE_TWICE = "# Add the array to itself.\n"


def wrong_in(folder: Path, text: str) -> list[str]:
    """Return what is found wrong with the tiny course's examples when that text stands before its first stub."""
    root = tiny_course.make_course(folder)
    course = load_course(root)
    lesson = paths.exercise_file(course, tiny_course.UNIT)
    source = lesson.read_text(encoding="utf-8")
    assert BEFORE_TWICE in source
    lesson.write_text(source.replace(BEFORE_TWICE, BEFORE_TWICE + text), encoding="utf-8")
    (lesson.parent / "data").mkdir()
    (lesson.parent / "data" / "seven.txt").write_text("7")
    solution = load_module(paths.solution_file(course, tiny_course.UNIT), root)
    return list(check_examples(course, course.units[0], solution))


def fenced(*lines: str, language: str = "python") -> str:
    return "".join(f"# {line}".rstrip() + "\n" for line in (f"```{language}", *lines, "```"))


@pytest.mark.parametrize(
    "text",
    [
        fenced(">>> double(np.array([4]))", "array([8])"),
        fenced(">>> x = np.ones(2)", ">>> for _ in range(2):", "...     x = double(x)", ">>> x", "array([4., 4.])"),
        fenced(">>> double(np.zeros((2, 1, 1)))", "array([[[0.]],", "<BLANKLINE>", "       [[0.]]])"),
        fenced('>>> with open("data/seven.txt") as file:', "...     int(double(int(file.read())))", "14"),
        "#\n# <details>\n# <summary>Answer</summary>\n#\n" + fenced(">>> int(triple(2))", "6") + "#\n# </details>\n",
        fenced("double(np.array([4]))  # no prompt: to be read, not run") + fenced(">>> int(double(1))", "2"),
        fenced(">>> double(1)", "3", language=""),
        fenced("$ cnngrade check", language="console"),
    ],
)
def test_an_example_that_holds_is_not_mentioned(tmp_path: Path, text: str) -> None:
    """blocks of Python in a text cell are run, with the exercises' data at hand; other blocks are left alone"""
    assert wrong_in(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (fenced(">>> int(double(4))", "9"), ["Expected:\n    9", "Got:\n    8"]),
        (fenced(">>> int(double(4))", "8", ">>> int(triple(4))", "8"), ["Got:\n    12"]),
        (fenced(">>> fourfold(4)", "16"), ["NameError"]),
        (fenced(">>>int(double(4))", "8"), ["lacks blank after >>>"]),
        (fenced("1. Look:", "  >>> int(double(4))", "  9"), ["Got:\n    8"]),
        (
            "#\n# <details>\n# <summary>Answer</summary>\n#\n" + fenced(">>> int(triple(2))", "5") + "#\n# </details>\n",
            ["Got:\n    6"],
        ),
    ],
)
def test_an_example_that_does_not_hold_is_told_with_its_line(tmp_path: Path, text: str, said: list[str]) -> None:
    """what is false in a lesson's text is found, wherever it stands, and told with its line"""
    (found,) = wrong_in(tmp_path, text)
    first = tiny_course.EXERCISE[: tiny_course.EXERCISE.index(BEFORE_TWICE)].count("\n") + 2
    line = first + 1 + text[: text.index("```")].count("\n")
    assert f"scaling.py, line {line}: an example in the lesson's text does not hold for the solution." in found
    assert [words for words in said if words not in found] == []


def test_blocks_end_with_their_cell() -> None:
    """a block that is never closed ends with its cell, and what looks like one in code is none"""
    never_closed = "# %% [markdown]\n# ```python\n# >>> 1\n\n"
    in_code = "# %%\n# ```python\n# >>> 2\n# ```\n\n"
    whole = "# %% [markdown]\n# ```python\n# >>> 3\n# ```\n"
    assert list(blocks_in_text(never_closed + in_code + whole)) == [(12, ">>> 3\n")]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("array([2., 4.])", "array([2., 5.])", "scaling.py: an example of double does not hold for the solution.\n"),
        ("    >>> double(np.array([1.0, 2.0]))\n    array([2., 4.])\n", "", "the docstring of double has no example (>>>)."),
        ("    array([2., 4.])\n", "    array([2., 4.])\n    >>>None\n", "lacks blank after >>>"),
    ],
)
def test_a_stub_is_documented_by_an_example_that_holds(tmp_path: Path, old: str, new: str, said: str) -> None:
    """a docstring without an example is refused, and so is one that does not hold"""
    root = tiny_course.make_course(tmp_path)
    course = load_course(root)
    lesson = paths.exercise_file(course, tiny_course.UNIT)
    lesson.write_text(lesson.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    (found,) = check_examples(course, course.units[0], load_module(paths.solution_file(course, tiny_course.UNIT), root))
    assert said in found
