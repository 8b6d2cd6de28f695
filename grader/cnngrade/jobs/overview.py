"""How far a student is in every unit of the course: what is begun is checked, and what is not is only looked at."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from cnngrade.course.folder import CourseFolder
from cnngrade.errors import CourseError, Fault, UsageError, Verdict
from cnngrade.findings.allowance import NONE as NO_SEARCH
from cnngrade.jobs.check import check
from cnngrade.jobs.targets import Target, lesson_headings, unit_target
from cnngrade.judge.progress import TellStep, tell_nobody
from cnngrade.model import Report, Unit
from cnngrade.report.overview import UnitProgress, UnitState
from cnngrade.report.words import next_step, open_question
from cnngrade.submission.choose import files_of, is_begun
from cnngrade.submission.question import is_answered


def has_overview(place: CourseFolder) -> bool:
    """Say whether a check without a name is about several units here."""
    return place.here.overview or len(place.here.units) > 1


def overview(
    place: CourseFolder, teller: Callable[[Unit], TellStep] = lambda _: tell_nobody, as_graded: bool = False
) -> Iterator[UnitProgress]:
    """Yield how far every unit is, in order; `teller` is asked, for each that is checked, who hears of the steps.

    No line of a mistake is looked for. `as_graded` is as `check` takes it. A unit that cannot be read stops no other; raises
    UsageError where nothing can be checked as it is graded.
    """
    for unit in place.units:
        if not place.is_there(unit):
            yield UnitProgress(unit, UnitState.NOT_THERE)
            continue
        try:
            target = unit_target(place, unit)
            is_started = is_begun(target.course, target.unit, target.path.parent)
        except (UsageError, CourseError, Fault) as error:
            text = " ".join(str(error).split())
            yield UnitProgress(unit, UnitState.NOT_READABLE, answered=False, next_step=text, problem=text)
            continue
        # Where the points are not written down, only a check tells what they are.
        if not is_started and target.unit.public_points is not None:
            yield _not_begun(target)
        else:
            report = check(target, as_graded, search=NO_SEARCH, tell=teller(unit))
            yield _checked(target, report, is_started)


def _from_here(path: Path) -> Path:
    """Return a path as it is written in the folder where the command was given, which is how somebody finds it."""
    try:
        return Path(os.path.relpath(path))
    except ValueError:
        # Another drive on Windows.
        return path


def _not_begun(target: Target) -> UnitProgress:
    unit, folder = target.unit, target.path.parent
    files = " or ".join(_from_here(path).as_posix() for path in files_of(unit, folder))
    begin = f"write {unit.functions[0]} in {files}, and check it with `cnngrade check {unit.name}`."
    answered = is_answered(target.course, unit, files_of(unit, folder))
    return UnitProgress(unit, UnitState.NOT_BEGUN, answered=answered, next_step=begin)


def _checked(target: Target, report: Report, is_started: bool) -> UnitProgress:
    unit = target.unit
    answered = report.rest.answered if report.rest is not None else not unit.prose_points
    where = _from_here(target.path)
    passed = bool(report.outcomes) and all(outcome.verdict is Verdict.PASSED for outcome in report.outcomes)
    if passed:
        open_now = "" if answered else open_question(unit.prose_points, where.as_posix())
        return UnitProgress(unit, UnitState.DONE if answered else UnitState.QUESTION_OPEN, report, answered, open_now)
    shown = replace(report, submission=replace(report.submission, path=where))
    step = f"{next_step(shown, lesson_headings(target))} `cnngrade check {unit.name}` says more."
    return UnitProgress(unit, UnitState.BEGUN if is_started else UnitState.NOT_BEGUN, report, answered, step)
