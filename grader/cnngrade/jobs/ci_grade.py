"""Grade one submission where a platform has put it, and leave what the platform reads; or try whether that works there."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnngrade.ci.grading_place import GradingPlace
from cnngrade.ci.one_work import judge_work
from cnngrade.ci.targets import grading_place
from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.errors import CnngradeError, CourseError, Fault
from cnngrade.files import USUAL, write_atomically
from cnngrade.model import Course, Report, Unit
from cnngrade.safe_text import visible_line

_ANEW = "Write it anew: cnngrade ci"


@dataclass(frozen=True, slots=True)
class GradedThere:
    """What came of a submission: the report, if there is one, and why there is no score, if there is none.

    `for_staff` says that a platform shows what is printed to nobody but the staff, and `has_results` that it finds results,
    which may say that there is no score.
    """

    report: Report | None
    error: CnngradeError | None
    for_staff: bool
    has_results: bool


def grade_there(name: str) -> GradedThere:
    """Judge what a student handed in on the platform `name`, on its own machine, and write the results that it reads.

    Where there is no score, for whatever reason, what is written says so, or nothing is written if the platform would show that
    as a score. So it is from the beginning on: a process that is ended in the middle leaves the same. Raises UsageError for a
    name that is none, and Fault where the results cannot be written.
    """
    place = grading_place(name)
    _leave(place, _text(place.refusal_of(Fault("The grading was ended before it was done."))))
    report: Report | None = None
    error: CnngradeError | None = None
    try:
        course, unit = _one_unit(place)
        report = judge_work(course, unit, place.submission, place.student())
        if report.earned is None:
            raise Fault("A part of the grader failed: see the report.")
        results = _text(place.results_of(report, unit))
    except Exception as failure:
        # Nothing that goes wrong here may become a score.
        error = failure if isinstance(failure, CnngradeError) else Fault(visible_line(f"{type(failure).__name__}: {failure}"))
        results = _text(place.refusal_of(error))
    _leave(place, results)
    return GradedThere(report, error, place.shows_staff, results is not None)


def rehearse(name: str) -> Report:
    """Judge the handout as it was given out, on the machine of the platform `name`, and return the report.

    What has to be compiled is compiled by it, once and for all. Raises what `judge_work` raises, CourseError where the course
    is not there or its tests fail by themselves, and Fault.
    """
    place = grading_place(name)
    course, unit = _one_unit(place)
    with tempfile.TemporaryDirectory(prefix="cnngrade-") as folder:
        shutil.copy(paths.exercise_file(course, unit.name), folder)
        report = judge_work(course, unit, Path(folder), "rehearsal")
    if report.earned is None:
        raise Fault("A part of the grader failed here, and would fail every submission.")
    return report


def _one_unit(place: GradingPlace) -> tuple[Course, Unit]:
    course = load_course(place.course)
    if not paths.secret_file(course).is_file():
        raise CourseError(f"{place.course} lacks the classroom's secret: everybody would get other numbers. {_ANEW}")
    if len(course.units) != 1:
        raise CourseError(f"{place.course} holds {len(course.units)} units, and one is graded here. {_ANEW}")
    return course, course.units[0]


def _text(document: Mapping[str, Any] | None) -> str | None:
    return None if document is None else json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n"


def _leave(place: GradingPlace, results: str | None) -> None:
    """Leave these results for the platform, or none; raises Fault."""
    if results is not None:
        write_atomically(place.results, results, USUAL)
        return
    try:
        place.results.unlink(missing_ok=True)
    except OSError as error:
        raise Fault(f"{place.results} cannot be removed: {error.strerror or error}.") from error
