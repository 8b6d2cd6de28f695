"""Judge submissions one after the other in this process, each in a worker that the chosen sandbox confines."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterable
from pathlib import Path

from cnngrade.classroom import report_store
from cnngrade.classroom.handed_in import HandedIn
from cnngrade.course import paths
from cnngrade.errors import SubmissionError, UsageError
from cnngrade.judge.judging import judge_many
from cnngrade.judge.suite import Suite
from cnngrade.model import Course, Report, Submission, Unit
from cnngrade.sandbox.backends import NONE
from cnngrade.sandbox.confined import Warm
from cnngrade.sandbox.unconfined import Fresh, Source
from cnngrade.student.candidate import Candidate, UnreadableWork, candidate
from cnngrade.submission.choose import choose_file


def _open_candidate(course: Course, unit: Unit, work: HandedIn, source: Source) -> Candidate:
    try:
        path, note = choose_file(course, unit, work.folder)
    except UsageError:
        submission = Submission(work.student, unit.name, work.folder / f"{unit.name}.ipynb", "")
        missing = SubmissionError(f"There is no {unit.name}.ipynb and no {unit.name}.py among what was handed in.")
        return Candidate(submission, UnreadableWork(missing))
    return candidate(course, path, unit, work.student, source, note)


def _candidates(course: Course, unit: Unit, works: Iterable[HandedIn], sandbox: str) -> Generator[Candidate, None, None]:
    """Yield the submissions, each with a working directory of its own that holds nothing but the course's data."""
    data = paths.data_folder(course)
    if sandbox != NONE:
        with contextlib.closing(Warm(course.policy, sandbox, data)) as source:
            for work in works:
                yield _open_candidate(course, unit, work, source)
        return
    for work in works:
        with tempfile.TemporaryDirectory(prefix="cnngrade-", ignore_cleanup_errors=True) as scratch:
            if data.is_dir():
                shutil.copytree(data, Path(scratch) / "data")
            yield _open_candidate(course, unit, work, Fresh(course.policy, Path(scratch)))


def judge_in_turn(
    course: Course, unit: Unit, works: Iterable[HandedIn], sandbox: str, on_report: Callable[[Report], None]
) -> None:
    """Judge submissions with all tests, in a sandbox that this machine has; raises CourseError if the tests cannot be run."""
    # Closed whatever happens, so that the working directory of an interrupted submission goes as well.
    suite = Suite(course, unit, hidden=True, secret=report_store.secret(course))
    with contextlib.closing(_candidates(course, unit, works, sandbox)) as candidates:
        judge_many(suite, candidates, on_report)
