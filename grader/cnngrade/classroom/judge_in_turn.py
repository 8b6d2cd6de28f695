"""Judge submissions one after the other in this process, each in a worker that the chosen sandbox confines."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterable
from pathlib import Path

from cnngrade.classroom.handed_in import HandedIn
from cnngrade.course import paths
from cnngrade.errors import Fault, SubmissionError, UsageError
from cnngrade.findings.allowance import Allowance
from cnngrade.judge.fixed_calls import SECONDS
from cnngrade.judge.judgement import Judgement
from cnngrade.judge.judging import judge_class_work
from cnngrade.judge.suite import Suite
from cnngrade.model import Course, Submission, Unit
from cnngrade.sandbox.backends import NONE
from cnngrade.sandbox.confined import Warm
from cnngrade.sandbox.connection import Ours
from cnngrade.sandbox.unconfined import Fresh, WorkerSource
from cnngrade.student.candidate import Candidate, UnreadableWork, candidate
from cnngrade.submission.choose import choose_file


def _open_candidate(course: Course, unit: Unit, work: HandedIn, source: WorkerSource) -> Candidate:
    try:
        path, note = choose_file(course, unit, work.folder)
    except UsageError:
        missing = SubmissionError(f"There is no {unit.name}.ipynb and no {unit.name}.py among what was handed in.")
        return _unreadable(unit, work, missing)
    except Fault as error:
        return _unreadable(unit, work, error)
    note = f"{work.note} {note}".strip()
    return candidate(course, path, unit, work.student, source, note)


def _unreadable(unit: Unit, work: HandedIn, error: SubmissionError | Fault) -> Candidate:
    return Candidate(Submission(work.student, unit.name, work.folder / f"{unit.name}.ipynb", ""), UnreadableWork(error))


@contextlib.contextmanager
def _folder_of_its_own(data: Path) -> Generator[Path, None, None]:
    """Yield a working directory that holds the course's data and nothing else; raises Fault where there is no room for it."""
    with contextlib.ExitStack() as stack:
        with Ours("A submission's folder could not be made"):
            place = tempfile.TemporaryDirectory(prefix="cnngrade-", ignore_cleanup_errors=True)
            folder = Path(stack.enter_context(place))
            if data.is_dir():
                shutil.copytree(data, folder / "data")
        yield folder


def _candidates(course: Course, unit: Unit, works: Iterable[HandedIn], sandbox: str) -> Generator[Candidate, None, None]:
    """Yield the submissions, each with a working directory of its own that holds nothing but the course's data."""
    data = paths.data_folder(course)
    if sandbox != NONE:
        with contextlib.closing(Warm(course.policy, sandbox, data)) as source:
            for work in works:
                yield _open_candidate(course, unit, work, source)
        return
    for work in works:
        with contextlib.ExitStack() as stack:
            try:
                folder = stack.enter_context(_folder_of_its_own(data))
            except Fault as error:
                yield _unreadable(unit, work, error)
                continue
            yield _open_candidate(course, unit, work, Fresh(course.policy, folder))


def judge_in_turn(
    course: Course,
    unit: Unit,
    works: Iterable[HandedIn],
    sandbox: str,
    secret: str,
    on_judgement: Callable[[Judgement], None],
) -> None:
    """Judge submissions with all tests, in a sandbox that this machine has; raises CourseError if the tests cannot be run.

    `secret` is the classroom's: each student's own numbers come from it.
    """
    # Closed whatever happens, so that the working directory of an interrupted submission goes as well.
    search = Allowance(course.policy.locate_seconds)
    suite = Suite(course, unit, hidden=True, secret=secret, search=search, ask_seconds=SECONDS)
    with contextlib.closing(_candidates(course, unit, works, sandbox)) as candidates:
        judge_class_work(suite, candidates, on_judgement)
