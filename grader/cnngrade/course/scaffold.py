"""The files of a new unit, and of a new course around it, which `verify` finds sound; then an author makes them his own.

Each function of a new unit doubles its argument: a stub with its solution, two tests, a known mistake and hints. Each
class adds up what it is given.
"""

from __future__ import annotations

import keyword
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

import yaml

from cnngrade.course import class_texts, paths
from cnngrade.course.load import load_course, short_name
from cnngrade.course.naming import names_a_class
from cnngrade.course.yaml_lines import FILE
from cnngrade.errors import CnngradeError, UsageError
from cnngrade.files import USUAL, write_atomically
from cnngrade.model import Course, Unit

_COURSE = Template("""\
# The course: its units in the order in which they are taught, and what holds for every submission.
# Every key is described in the authors' guide. Prove the course after each change: cnngrade verify

name: "$name"
title: "$title"
points: $points

# Due dates and other times are in this zone; a due date without a time is the end of that day.
timezone: UTC

policy:
  late_penalty_per_day: 0
  packages: [numpy]

units:
$entry""")


# What nbgrader keeps of a class is nothing to publish.
_IGNORED = """\
__pycache__/
.ipynb_checkpoints/
/classroom/
"""


_LESSON = Template("""\
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

""")


_STUB = Template('''\
# %% [markdown]
# ## The function $function
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


''')


_USED = """\
# %% [markdown]
# ## Where this is used
#
# What people do with it, in one paragraph.
"""


_QUESTION = """\

# %% [markdown] tags=["prose"]
# ## A question
#
# Ask for an explanation in words.

# %% [markdown] tags=["answer"]
# *Write your answer here.*
"""


_SOLUTION_HEAD = Template('''\
"""The reference for the unit $unit."""

import numpy as np
''')


_SOLUTION = Template("""\


def $function(x):
    return 2.0 * np.asarray(x)
""")


_PUBLIC_HEAD = Template('''\
"""Public tests of the unit $unit: they travel to students."""

from cnngrade import assert_close, points
''')


_PUBLIC = Template('''\


@points($public)
def test_${function}_on_random_numbers(student, reference, rng):
    """every number is doubled"""
    x = rng.normal(size=(2, 3))
    assert_close(student.$function(x), reference.$function(x))


@points($public)
def test_${function}_of_a_row(student, reference, rng):
    """so is every number of a row"""
    x = rng.normal(size=7)
    assert_close(student.$function(x), reference.$function(x))
''')


_HIDDEN_HEAD = Template('''\
"""Hidden tests of the unit $unit: they never leave the instructor."""

from cnngrade import assert_close, points
''')


_HIDDEN = Template('''\


@points($hidden)
def test_${function}_of_nothing(student, reference, rng):
    """an empty array stays empty"""
    x = rng.normal(size=(0, 3))
    assert_close(student.$function(x), reference.$function(x))
''')


_MISTAKES_HEAD = Template('''\
"""Known mistakes of the unit $unit, each with the sentence that a student reads."""

from cnngrade import mistake, solution_for

solution = solution_for(__file__)
''')


_MISTAKES = Template("""\


@mistake("The numbers are squared. Doubling is x + x.")
def ${function}_squared(x):
    return x * x
""")


_HINTS_HEAD = """\
unit:
  - Where to begin, and what to draw on paper.
  - What to look at when the numbers are wrong.
  - How the functions of the unit hang together.
functions:
"""


_HINTS = Template("""\
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


_LEAST_POINTS = 3


def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _quoted(title: str) -> str:
    """Return a title that can stand in double quotes in YAML."""
    return " ".join(title.replace("\\", "/").replace('"', "'").split())


def _entered(text: str, entry: str, points: float) -> str:
    """Put a unit at the end of the list `units` and raise the course's sum of points, leaving every other line as it is."""
    node = yaml.compose(text, yaml.SafeLoader)
    assert isinstance(node, yaml.MappingNode)
    keys = {key.value: value for key, value in node.value}
    units, lines = keys["units"], text.splitlines()
    if units.flow_style and units.value:
        raise UsageError('The list "units" in course.yml is written in brackets. Write one "- name:" per unit, then try again.')
    if units.value:
        end = min(units.end_mark.line, len(lines))
        margin = " " * units.start_mark.column
    else:
        # An empty list is in brackets, on the line of its key.
        line = units.start_mark.line
        lines[line] = (lines[line][: units.start_mark.column] + lines[line][units.end_mark.column :]).rstrip()
        end, margin = line + 1, "  "
    while end and not lines[end - 1].strip():
        end -= 1
    made = [*([""] if units.value else []), *(margin + line for line in entry.splitlines())]
    lines[end:end] = made
    if "points" in keys:
        number = keys["points"]
        line, start, stop = number.start_mark.line, number.start_mark.column, number.end_mark.column
        line += 0 if line < end else len(made)
        # What stands there while there is no unit is not the sum of any.
        before = float(number.value) if units.value else 0.0
        lines[line] = f"{lines[line][:start]}{before + points:g}{lines[line][stop:]}"
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class _Shares:
    """What the tests of one function are worth: each of two public ones, and a hidden one."""

    public: float
    hidden: float


def _shares(points: float, functions: int) -> list[_Shares]:
    """Divide points among functions, and each function's among its tests; the last one takes what is left over."""
    each = max(round(points / functions * 4) / 4, 0.25)
    parts = [each] * (functions - 1)
    parts.append(points - sum(parts))
    if min(parts) <= 0:
        raise UsageError(f"{points:g} points, those for the prose aside, are too few for {functions} functions. Raise them.")
    # Halves and quarters add up to what they should; thirds would not.
    hidden = [1.0 if part >= 2 else part / 4 for part in parts]
    return [_Shares((part - share) / 2, share) for part, share in zip(parts, hidden, strict=True)]


def _unit_files(course: Course, unit: Unit) -> dict[Path, str]:
    """Return the files of a unit with their texts."""
    name, functions = unit.name, unit.functions
    shares = _shares(unit.points - unit.prose_points, len(functions))
    whole = {"unit": name, "title": _quoted(unit.title)}
    each = [
        {"function": function, "public": f"{share.public:g}", "hidden": f"{share.hidden:g}"}
        for function, share in zip(functions, shares, strict=True)
    ]

    def text(head: Template | str, part: Template, of_class: Template, foot: str = "") -> str:
        above = head if isinstance(head, str) else head.substitute(whole)
        parts = ((of_class if names_a_class(names["function"]) else part).substitute(names) for names in each)
        return above + "".join(parts) + foot

    foot = _USED + (_QUESTION if unit.prose_points else "")
    files = {
        paths.exercise_file(course, name): text(_LESSON, _STUB, class_texts.STUB, foot),
        paths.solution_file(course, name): text(_SOLUTION_HEAD, _SOLUTION, class_texts.SOLUTION),
        paths.public_tests(course, name): text(_PUBLIC_HEAD, _PUBLIC, class_texts.PUBLIC),
        paths.hidden_tests(course, name): text(_HIDDEN_HEAD, _HIDDEN, class_texts.HIDDEN),
        paths.mistakes_file(course, name): text(_MISTAKES_HEAD, _MISTAKES, class_texts.MISTAKES),
        paths.hints_file(course, name): text(_HINTS_HEAD, _HINTS, _HINTS),
    }
    if unit.prose_points:
        files[paths.marking_file(course, name)] = _MARKING.substitute(whole)
    return files


def _check_name(unit: str) -> None:
    if not unit.isidentifier() or keyword.iskeyword(unit) or not unit.islower() or not unit.isascii():
        raise UsageError(f'"{unit}" cannot be a unit\'s name: lower-case letters, digits and _ only, beginning with a letter.')


def _new(unit: str, title: str, points: float) -> Unit:
    """Return a unit as `new` makes it: one function, and a point for the prose; raises UsageError."""
    _check_name(unit)
    if points < _LEAST_POINTS:
        raise UsageError(f"A new unit is worth at least {_LEAST_POINTS} points: one for the prose, the rest for its tests.")
    return Unit(unit, _quoted(title) or unit, points, 1.0, (f"{unit}_first",))


def _entry(unit: Unit) -> str:
    names = {"unit": unit.name, "title": unit.title, "points": f"{unit.points:g}", "function": unit.functions[0]}
    return _ENTRY.substitute(names)


def _write(files: dict[Path, str], book: Path) -> None:
    """Write files that are not there yet; none of them stays, and course.yml is as it was, if the course does not load."""
    before = _text_of(book) if book.exists() else None
    made = [path for path in files if not path.exists()]
    try:
        for path, text in files.items():
            write_atomically(path, text, mode=USUAL)
        load_course(book, unfinished=True)
    except (CnngradeError, KeyboardInterrupt):
        for path in made:
            path.unlink(missing_ok=True)
        if before is not None:
            write_atomically(book, before, mode=USUAL)
        raise


def _refuse_existing(files: Sequence[Path]) -> None:
    for path in files:
        if path.exists():
            raise UsageError(f"{path} exists already. Choose another name, or remove it first.")


def new_unit(course: Course, unit: str, title: str, points: float) -> list[Path]:
    """Write a unit's files and its entry in course.yml, and return the paths. Nothing that exists is overwritten.

    Where course.yml lists the unit already, title and points are those that stand there, its functions get stubs, and only
    files that are missing are written. Raises UsageError for a name that cannot be one or is taken; leaves everything as it was
    if the new course does not load.
    """
    _check_name(unit)
    book = course.root / FILE
    if listed := next((found for found in course.units if found.name == unit), None):
        files = {path: text for path, text in _unit_files(course, listed).items() if not path.exists()}
        if not files:
            raise UsageError(f"The unit {unit} exists already, with all its files. Prove it: cnngrade verify {unit}")
        _write(files, book)
        return list(files)
    made = _new(unit, title, points)
    files = _unit_files(course, made)
    _refuse_existing(list(files))
    files[book] = _entered(_text_of(book), _entry(made), points)
    _write(files, book)
    return list(files)


def new_course(root: Path, title: str, unit: str, points: float) -> list[Path]:
    """Write a course of one unit into the folder `root`, and return the paths. Nothing that exists is overwritten.

    Raises UsageError where there is a course.yml already, and for a unit's name that cannot be one.
    """
    book = root / FILE
    if book.exists():
        raise UsageError(f"{book} exists already: a unit is added to its course with `cnngrade new UNIT`.")
    first = _new(unit, unit, points)
    course = Course(short_name(title), _quoted(title) or "A course", root, (first,))
    entry = "".join(f"  {line}\n" for line in _entry(first).splitlines())
    whole = {"name": course.name, "title": course.title, "points": f"{points:g}", "entry": entry}
    files = _unit_files(course, first)
    _refuse_existing(list(files))
    files = {book: _COURSE.substitute(whole), **files}
    if not (root / ".gitignore").exists():
        files[root / ".gitignore"] = _IGNORED
    _write(files, book)
    return list(files)
