"""The files of a new unit: a lesson with one stub, its solution, tests, a known mistake, hints; `verify` finds them sound."""

from __future__ import annotations

import keyword
from pathlib import Path
from string import Template

import yaml

from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.errors import CnngradeError, UsageError
from cnngrade.files import write_atomically
from cnngrade.model import Course

_EXERCISE = Template('''\
# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # $title
#
# What this unit is about, and why.

# %%
import numpy as np

# %% [markdown]
# ## The first function
#
# What a student has to know to write it.
#
# **Predict.** What becomes of 1, -2 and 0? A question that can be answered on paper.
#
# <details>
# <summary>Answer</summary>
#
# Each is added to itself: **2, -4, 0**.
#
# ```python
# >>> $function(np.array([1.0, -2.0, 0.0]))
# array([ 2., -4.,  0.])
# ```
#
# </details>


# %%
def $function(x):
    """Return twice x: say what it does, with the formula.

    x: an array of any shape
    returns an array of x's shape

    >>> $function(np.array([1.0, 2.0]))
    array([2., 4.])
    """
    raise NotImplementedError("$function is yours to write")


# %% [markdown]
# ## Where this is used
#
# What people do with it, in one paragraph.

# %% [markdown] tags=["prose"]
# ## A question
#
# Ask for an explanation in words.

# %% [markdown] tags=["answer"]
# *Write your answer here.*
''')


_SOLUTION = Template('''\
"""The reference for the unit $unit."""

import numpy as np


def $function(x):
    return 2.0 * np.asarray(x)
''')


_PUBLIC = Template('''\
"""Public tests of the unit $unit: they travel to students."""

from cnngrade import assert_close, points


@points($public)
def test_${function}_on_random_numbers(student, reference, rng):
    """every number is doubled"""
    x = rng.normal(size=(2, 3))
    assert_close(student.$function(x), reference.$function(x))
''')


_HIDDEN = Template('''\
"""Hidden tests of the unit $unit: they never leave the instructor."""

from cnngrade import assert_close, points


@points($hidden)
def test_${function}_of_nothing(student, reference, rng):
    """an empty array stays empty"""
    x = rng.normal(size=(0, 3))
    assert_close(student.$function(x), reference.$function(x))
''')


_MISTAKES = Template('''\
"""Known mistakes of the unit $unit, each with the sentence that a student reads."""

from cnngrade import mistake, solution_for

solution = solution_for(__file__)


@mistake("The numbers are squared. Doubling is x + x.")
def ${function}_squared(x):
    return x * x
''')


_HINTS = Template("""\
unit:
  - Where to begin, and what to draw on paper.
  - What to look at when the numbers are wrong.
  - How the functions of the unit hang together.
functions:
  $function:
    - "A nudge: a question that has the answer in it."
    - "An approach: what to do, not how."
    - "A plan: the steps in words, without code."
""")


_MARKING = Template("""\
# Marking: $unit

**The question.** Put it in one line.

| mark | what the answer holds |
|---|---|
| 1 | What a full answer says. |
| 0.5 | What half an answer says. |
| 0 | What is not enough. |
""")


_ENTRY = Template("""\
- name: $unit
  title: "$title"
  points: $points
  prose: 1
  functions: [$function]
""")


def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _entered(text: str, entry: str, points: float) -> str:
    """Put a unit at the end of the list `units` and raise the course's sum of points, leaving every other line as it is."""
    node = yaml.compose(text, yaml.SafeLoader)
    assert isinstance(node, yaml.MappingNode)
    keys = {key.value: value for key, value in node.value}
    units, lines = keys["units"], text.splitlines()
    if units.flow_style:
        raise UsageError('The list "units" in course.yml is written in brackets. Write one "- name:" per unit, then try again.')
    end = min(units.end_mark.line, len(lines))
    while end and not lines[end - 1].strip():
        end -= 1
    margin = " " * units.start_mark.column
    lines[end:end] = ["", *(margin + line for line in entry.splitlines())]
    if "points" in keys:
        number = keys["points"]
        line, start, stop = number.start_mark.line, number.start_mark.column, number.end_mark.column
        line += 0 if line < end else 6
        lines[line] = f"{lines[line][:start]}{float(number.value) + points:g}{lines[line][stop:]}"
    return "\n".join(lines) + "\n"


def new_unit(course: Course, unit: str, title: str, points: float) -> list[Path]:
    """Write a unit's files and its entry in course.yml, and return the paths. Nothing that exists is overwritten.

    Raises UsageError for a name that cannot be one or is taken; leaves everything as it was if the new course does not load.
    """
    if not unit.isidentifier() or keyword.iskeyword(unit) or not unit.islower() or not unit.isascii():
        raise UsageError(f'"{unit}" cannot be a unit\'s name: lower-case letters, digits and _ only, beginning with a letter.')
    if points < 3:
        raise UsageError("A new unit is worth at least 3 points: one for the prose, the rest for its tests.")
    names = {"unit": unit, "title": title.replace('"', "'"), "points": f"{points:g}", "function": f"{unit}_first"}
    hidden = 1
    names |= {"hidden": str(hidden), "public": f"{points - 1 - hidden:g}"}
    files = {
        paths.exercise_file(course, unit): _EXERCISE,
        paths.solution_file(course, unit): _SOLUTION,
        paths.public_tests(course, unit): _PUBLIC,
        paths.hidden_tests(course, unit): _HIDDEN,
        paths.mistakes_file(course, unit): _MISTAKES,
        paths.hints_file(course, unit): _HINTS,
        paths.marking_file(course, unit): _MARKING,
    }
    for path in files:
        if path.exists():
            raise UsageError(f"{path} exists already. Choose another name, or remove it first.")
    book = course.root / "course.yml"
    before = _text_of(book)
    try:
        for path, template in files.items():
            write_atomically(path, template.substitute(names))
        write_atomically(book, _entered(before, _ENTRY.substitute(names), points))
        load_course(book)
    except CnngradeError:
        write_atomically(book, before)
        for path in files:
            path.unlink(missing_ok=True)
        raise
    return [*files, book]
