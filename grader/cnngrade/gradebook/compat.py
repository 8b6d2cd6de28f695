"""What this package needs of nbgrader and its libraries that they do not offer: each private name is here and nowhere else.

`pyproject.toml` bounds nbgrader's versions. A test looks every name up and says of a missing one what it was needed for.
"""

from __future__ import annotations

import contextlib
import functools
import glob
import os
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from nbconvert.exporters import html
from nbgrader import api, dbutil
from nbgrader.converters import Autograde
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import distinct, func, select

SUBMISSIONS_EXIST = "there are submissions associated with it"
"""Part of what GenerateAssignment says where a released notebook would lose or gain a cell after work on it was graded."""


def autograding_steps(converter: Autograde) -> list[Any]:
    """Return the enabled preprocessors through which the converter takes a notebook, those that sanitise it first.

    nbgrader makes them again for each notebook, and has no way to ask for them.
    """
    exporter = converter.exporter_class(parent=converter, config=converter.config)
    converter.exporter = exporter
    steps: list[Any] = []
    for sanitizing in (True, False):
        converter._sanitizing = sanitizing
        converter._init_preprocessors()
        steps += [step for step in exporter._preprocessors if getattr(step, "enabled", True)]
    return steps


def bounded_penalty(step: AssignLatePenalties, score: float, penalty: float) -> float:
    """Return a late penalty as nbgrader lets it stand: never less than nothing, never more than the score."""
    return float(step._check_late_penalty(SimpleNamespace(score=score), penalty))


@contextlib.contextmanager
def read_back_by(soup: Callable[..., Any]) -> Iterator[None]:
    """Have nbconvert read back a page that it has made with `soup(page, features=...)` in place of BeautifulSoup."""
    former = html.BeautifulSoup
    html.BeautifulSoup = soup
    try:
        yield
    finally:
        html.BeautifulSoup = former


def _glob(pattern: str) -> list[str]:
    """Return what matches a pattern, in which folders that are there stand for themselves, whatever they are called."""
    # Cut as text: nbgrader expects a `.` in the middle of a path to be there still, and Path would take it out.
    there = pattern
    while not Path(there).exists():
        there = there.rpartition(os.sep)[0]
    return glob.glob(glob.escape(there) + pattern[len(there) :])  # noqa: PTH207


def take_folders_literally() -> None:
    """Have nbgrader find its files in folders of any name.

    It looks for notebooks by patterns, to which `[`, `*` and `?` mean something; and it names its own folder in a file for
    alembic, to which `%` does.
    """
    dbutil.ALEMBIC_DIR = str(Path(dbutil.__file__).with_name("alembic")).replace("%", "%%")
    for name, module in list(sys.modules.items()):
        if name.startswith("nbgrader.") and getattr(module, "glob", None) is glob:
            module.__dict__["glob"] = SimpleNamespace(glob=_glob)


def _version_of_tables() -> str:
    """Return the version that nbgrader's tables have where it makes a new gradebook."""
    # Only a new gradebook has use for it.
    from alembic.script import ScriptDirectory

    return ScriptDirectory(Path(dbutil.__file__).with_name("alembic")).get_heads()[0]


def ask_alembic_here() -> None:
    """Have nbgrader make a new gradebook without starting a process.

    It starts `alembic` to learn the version of its own tables: that takes seconds, and it is not found on the PATH where our
    environment is in use but not activated.
    """
    api.get_alembic_version = _version_of_tables


_AVERAGES = ("average_assignment_score", "average_assignment_code_score", "average_assignment_written_score")
"""How a gradebook averages the scores of an assignment; tasks, of which a unit has none, are left to nbgrader."""


def _of_work_alone(average: Callable[[api.Gradebook, str], float]) -> Callable[[api.Gradebook, str], float]:
    @functools.wraps(average)
    def of_work_alone(gradebook: api.Gradebook, assignment: str) -> float:
        # One question, not one for each student: formgrader's first page asks for each average of each assignment.
        work = select(func.count(distinct(api.SubmittedNotebook.assignment_id))).join(api.SubmittedNotebook.assignment)
        with_work = gradebook.db.scalar(work.join(api.SubmittedAssignment.assignment).where(api.Assignment.name == assignment))
        submissions = gradebook.find_assignment(assignment).num_submissions
        return average(gradebook, assignment) * submissions / with_work if with_work else 0.0

    return of_work_alone


def average_work_alone() -> None:
    """Have nbgrader's averages leave out submissions that are there for an extension alone.

    It divides by the number of all submissions, and has no other place for an extension.
    """
    for name in _AVERAGES:
        average = getattr(api.Gradebook, name)
        # Settings may be read more than once.
        if not hasattr(average, "__wrapped__"):
            setattr(api.Gradebook, name, _of_work_alone(average))


def _own_due_date(submission: api.SubmittedAssignment) -> datetime | None:
    """The due date of a submission, with its extension; None where the assignment has none."""
    due: datetime | None = submission.assignment.duedate
    return due if due is None or submission.extension is None else due + submission.extension


def extend_no_due_date() -> None:
    """Have nbgrader take an extension for nothing where an assignment is never due: it adds it to the date all the same."""
    api.SubmittedAssignment.duedate = property(_own_due_date)
