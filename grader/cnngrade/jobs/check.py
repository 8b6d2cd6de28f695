"""The student's job: run the public tests on the work in this folder.

`check` is what the command runs, in a worker of its own; `check_here` is what a grade cell of a notebook calls, on the
functions as they are in the running kernel.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from cnngrade.course import paths
from cnngrade.findings.allowance import Allowance
from cnngrade.jobs.targets import Target
from cnngrade.judge.judging import judge_one
from cnngrade.judge.suite import Suite
from cnngrade.model import Report
from cnngrade.sandbox.backends import require, strongest
from cnngrade.sandbox.confined import Warm
from cnngrade.student.candidate import candidate

SEARCH = Allowance(1.0, by_clock=3.0)
"""Whoever saves a file and waits for its check does not wait long for the line of a mistake, even on a busy machine."""


def check(target: Target, as_graded: bool = False, search: Allowance = SEARCH) -> Report:
    """Run the unit's public tests on the file in a worker process and return the Report.

    `as_graded` confines the worker as the grading does, in the strongest sandbox of this machine, which the report names.
    `search` is how long the lines of mistakes without a name may be looked for.
    Raises UsageError where there is none, or where a package is not installed that submissions may use.
    """
    if as_graded:
        return _check_as_graded(target, search)
    entry = candidate(target.course, target.path, target.unit, "", note=target.note)
    return judge_one(Suite(target.course, target.unit, search=search), entry)


def _check_as_graded(target: Target, search: Allowance) -> Report:
    course = target.course
    require(course.policy.packages)
    name = strongest("This machine has no sandbox, so nothing can be checked as it is graded", "check without --as-graded.")
    note = f"{target.note} This ran in the sandbox {name}, as in the grading.".strip()
    with contextlib.closing(Warm(course.policy, name, paths.data_folder(course))) as source:
        entry = candidate(course, target.path, target.unit, "", source, note)
        return judge_one(Suite(course, target.unit, search=search), entry)


def watched(target: Target, as_graded: bool = False) -> Iterator[Report]:
    """Check the file now, and again whenever it or a module beside it has been saved, until the caller stops.

    `as_graded` is as `check` takes it.
    """
    import time  # only --watch waits

    seen = None
    while True:
        stamp = _saved(target.path)
        if stamp is not None and stamp != seen:
            seen = stamp
            yield check(target, as_graded)
        time.sleep(0.3)


def _saved(path: Path) -> dict[Path, int] | None:
    """Return when the file and the modules beside it were saved, None while the file is not there."""
    try:
        return {file: file.stat().st_mtime_ns for file in (path, *sorted(path.parent.glob("*.py")))}
    except FileNotFoundError:
        return None
