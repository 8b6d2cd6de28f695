"""The student's job: run the public tests on the work in this folder.

`check` is what the command runs, in a worker of its own; `check_here` is what a grade cell of a notebook calls, on the
functions as they are in the running kernel.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace

from cnngrade.course import paths
from cnngrade.findings.allowance import Allowance
from cnngrade.jobs.rest import with_rest
from cnngrade.jobs.targets import Target
from cnngrade.judge.judging import judge_one
from cnngrade.judge.progress import JudgeStep, Phase, TellStep, tell_nobody
from cnngrade.judge.suite import Suite
from cnngrade.model import Report
from cnngrade.student.candidate import candidate

SEARCH = Allowance(1.0, by_clock=3.0)
"""Whoever saves a file and waits for its check does not wait long for the line of a mistake, even on a busy machine."""


def check(target: Target, as_graded: bool = False, search: Allowance = SEARCH, tell: TellStep = tell_nobody) -> Report:
    """Run the unit's public tests, of its functions if it names some, on the file in a worker and return the Report.

    `as_graded` confines the worker as the grading does, in the strongest sandbox of this machine, which the report names.
    `search` is how long the lines of mistakes without a name may be looked for. `tell` hears of each step before it is taken.
    Raises UsageError where there is none, or where a package is not installed that submissions may use.
    """
    search = replace(search, tell=lambda function: tell(JudgeStep(Phase.LINES, function)))
    suite = Suite(target.course, target.unit, functions=target.functions, search=search, tell=tell)
    if as_graded:
        return with_rest(_check_as_graded(target, suite), target)
    entry = candidate(target.course, target.path, target.unit, "", note=target.note)
    return with_rest(judge_one(suite, entry), target)


def _check_as_graded(target: Target, suite: Suite) -> Report:
    from cnngrade.sandbox.backends import require, strongest  # no other check confines anything
    from cnngrade.sandbox.confined import Warm

    course = target.course
    require(course.policy.packages)
    name = strongest("This machine has no sandbox, so nothing can be checked as it is graded", "check without --as-graded.")
    note = f"{target.note} This ran in the sandbox {name}, as in the grading.".strip()
    with contextlib.closing(Warm(course.policy, name, paths.data_folder(course))) as source:
        return judge_one(suite, candidate(course, target.path, target.unit, "", source, note))
