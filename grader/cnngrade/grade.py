"""Grade what was submitted: judge every submission, in parallel, and keep the reports.

Each judge process runs one pytest session and takes one submission after the other. A report is stored as soon as it is
there, so that an interrupted run goes on where it stopped. Writing the gradebook is nbgrader's part: see `nbgrader.record`.
"""

from __future__ import annotations

import contextlib
import hashlib
import multiprocessing
import multiprocessing.connection
import os
import queue
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from cnngrade import layout, store
from cnngrade.candidates import Candidate, candidate, unreadable
from cnngrade.cells import choose_file
from cnngrade.errors import CourseError, Fault, SubmissionError, UsageError
from cnngrade.fresh import Fresh, Source
from cnngrade.judge import judge
from cnngrade.model import Course, Report, Submission, Unit
from cnngrade.render.json import report_from_json, report_to_json
from cnngrade.sandbox import NONE, choose
from cnngrade.warm import Warm


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A student's folder with the work on one unit."""

    student: str
    folder: Path


def handed_in(course: Course, unit: Unit, students: Sequence[str] = ()) -> list[HandedIn]:
    """Return what was submitted for the unit, by all students or by those named; raises UsageError for one who did not."""
    submitted = layout.classroom(course) / "submitted"
    found = {path.name: path / unit.name for path in submitted.glob("*") if (path / unit.name).is_dir()}
    missing = [student for student in students if student not in found]
    if missing:
        raise UsageError(f"{', '.join(missing)} submitted nothing for {unit.name} (looked in {submitted}).")
    return [HandedIn(student, found[student]) for student in sorted(students or found)]


def _content_digest(path: Path) -> bytes:
    """Return a digest of a file of any size; for one that cannot be read, of the reason, which the report will say too."""
    try:
        if path.is_symlink() or not path.is_file():
            return b""
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        return str(error.errno).encode()


def report_key(course: Course, unit: Unit, work: HandedIn, judging: str) -> str:
    """Return the key under which the report on this folder, as it is now, is stored."""
    # What ran unconfined might have done anything: its verdict is not taken for one of a sandbox.
    unconfined = course.policy.sandbox if course.policy.sandbox == NONE else ""
    digest = hashlib.sha256(f"{judging}\0{work.student}\0{store.secret(course)}\0{unconfined}".encode())
    for suffix in (".ipynb", ".py"):
        path = work.folder / f"{unit.name}{suffix}"
        digest.update(suffix.encode() + _content_digest(path))
    return digest.hexdigest()


def _open_candidate(course: Course, unit: Unit, work: HandedIn, source: Source) -> Candidate:
    try:
        path, note = choose_file(course, unit, work.folder)
    except UsageError:
        submission = Submission(work.student, unit.name, work.folder / f"{unit.name}.ipynb", "")
        return unreadable(
            submission, SubmissionError(f"There is no {unit.name}.ipynb and no {unit.name}.py among what was handed in.")
        )
    return candidate(course, path, unit, work.student, source, note)


def _candidates(course: Course, unit: Unit, works: Iterable[HandedIn]) -> Generator[Candidate, None, None]:
    """Yield the submissions, each with a working directory of its own that holds nothing but the course's data."""
    data, name = layout.data_folder(course), course.policy.sandbox
    if name != NONE:
        with contextlib.closing(Warm(course.policy, name, data)) as source:
            for work in works:
                yield _open_candidate(course, unit, work, source)
        return
    for work in works:
        with tempfile.TemporaryDirectory(prefix="cnngrade-", ignore_cleanup_errors=True) as scratch:
            if data.is_dir():
                shutil.copytree(data, Path(scratch) / "data")
            yield _open_candidate(course, unit, work, Fresh(course.policy, Path(scratch)))


def confined(course: Course) -> Course:
    """Return the course with its sandbox chosen for good; raises UsageError where this machine has none."""
    return replace(course, policy=replace(course.policy, sandbox=choose(course.policy.sandbox)))


def judge_all(course: Course, unit: Unit, works: Iterable[HandedIn], on_report: Callable[[Report], None]) -> None:
    """Judge submissions one after the other in this process, with all tests; raises CourseError if the tests cannot be run.

    The course is a `confined` one.
    """
    # Closed whatever happens, so that the working directory of an interrupted submission goes as well.
    with contextlib.closing(_candidates(course, unit, works)) as candidates:
        judge(course, unit, candidates, on_report, hidden=True, secret=store.secret(course))


def report_for(course: Course, unit: Unit, student: str, folder: Path) -> Report:
    """Return the stored report on a student's folder, or judge it now and store it."""
    work = HandedIn(student, folder)
    key = report_key(course, unit, work, store.judging_digest(course, unit))
    report = store.load(course, unit, student, key)
    if report is None:
        reports: list[Report] = []
        judge_all(confined(course), unit, [work], reports.append)
        report = reports[0]
        if report.earned is not None:
            store.save(course, unit, key, report)
    return report


@contextlib.contextmanager
def alone(course: Course) -> Iterator[None]:
    """Let nobody else grade in the course's classroom meanwhile; raises UsageError where somebody does.

    The lock goes with the process that holds it, however that ends.
    """
    from filelock import FileLock, Timeout  # who grades has it; who checks needs none

    lock = layout.classroom(course) / ".grading.lock"
    owner = lock.with_suffix(".owner")
    lock.parent.mkdir(parents=True, exist_ok=True)
    held = FileLock(lock, timeout=0)
    try:
        held.acquire()
    except Timeout:
        who = owner.read_text(encoding="utf-8") if owner.exists() else "a process that has just begun"
        raise UsageError(
            f"Somebody is grading in {lock.parent} already ({who}). Wait until that is done, or end it, and run this again: "
            "what is finished is kept."
        ) from None
    except OSError as error:
        raise Fault(f"{lock} cannot be written: {error.strerror or error}. Make room or mend the permissions.") from error
    try:
        # Only for whoever is told to wait: a disk too full for it stops nobody.
        with contextlib.suppress(OSError):
            owner.write_text(f"process {os.getpid()}", encoding="utf-8")
        yield
    finally:
        held.release()


def _end_with_parent() -> None:
    """End this process when the one that started it ends, however it does: nobody would hear what it judges."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    multiprocessing.connection.wait([parent.sentinel])
    os._exit(1)


def _judge_process(course: Course, unit: str, tasks: Any, results: Any) -> None:
    """Judge what comes out of `tasks` until None does; tell `results` what was begun and what came of it."""
    # Ctrl-C reaches the whole group; it is the parent that stops the judges.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def works() -> Iterator[HandedIn]:
        while (work := tasks.get()) is not None:
            results.put(("begun", work.student))
            yield work

    try:
        judge_all(course, course.unit(unit), works(), lambda report: results.put(("report", report_to_json(report))))
    except CourseError as error:
        results.put(("unsound", str(error)))


class _Pool:
    """Judge processes that share one queue of submissions. A process that dies costs only the submission it had begun."""

    def __init__(self, course: Course, unit: Unit, works: Sequence[HandedIn], jobs: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._tasks, self._works = context.Queue(), {work.student: work for work in works}
        self._open = set(self._works)
        for entry in works:
            self._tasks.put(entry)
        self._arguments = course, unit.name, self._tasks
        self._context = context
        self._running: list[tuple[BaseProcess, Any, list[str]]] = []
        for _ in range(min(jobs, len(works))):
            self._tasks.put(None)
            self._add()

    def _add(self) -> None:
        # A queue for each process: one that is killed while it writes cannot spoil the others' results.
        results = self._context.Queue()
        process = self._context.Process(target=_judge_process, args=(*self._arguments, results))
        process.start()
        self._running.append((process, results, []))

    def results(self) -> Iterator[tuple[str, Report | None]]:
        """Yield (student, report) as they come; None for a report that a dying process took with it."""
        try:
            while self._running:
                for entry in list(self._running):
                    yield from self._listen(*entry)
        finally:
            for process, _, _ in self._running:
                process.kill()
            self._tasks.cancel_join_thread()

    def _listen(self, process: BaseProcess, results: Any, begun: list[str]) -> Iterator[tuple[str, Report | None]]:
        alive = process.is_alive()
        try:
            while True:
                kind, content = results.get(timeout=0.05 if alive else 0.5)
                if kind == "unsound":
                    raise CourseError(content)
                if kind == "begun":
                    begun.append(content)
                    continue
                report = report_from_json(content)
                begun.remove(report.submission.student)
                self._open.discard(report.submission.student)
                yield report.submission.student, report
        except queue.Empty:
            pass
        if not alive:
            self._running = [entry for entry in self._running if entry[0] is not process]
            for student in begun:
                self._open.discard(student)
                yield student, None
            if process.exitcode != 0 and self._open:
                self._add()


def grade(
    course: Course,
    unit: Unit,
    *,
    students: Sequence[str] = (),
    jobs: int = 1,
    force: bool = False,
    on_report: Callable[[Report, bool], None],
) -> list[Report]:
    """Judge what was submitted for `unit` and return the reports in the order of the students' names.

    `on_report(report, fresh)` hears of each as it comes; `fresh` is False for one that was stored before. Raises UsageError
    when nothing was submitted or nothing here would confine it, CourseError when the tests cannot be run, Fault when a judge
    process died (after all others are done).
    """
    works = handed_in(course, unit, students)
    if not works:
        raise UsageError(f"Nothing was submitted for {unit.name}. Collect it first: cnngrade collect {unit.name} --from FOLDER")
    judging = store.judging_digest(course, unit)
    keys = {work.student: report_key(course, unit, work, judging) for work in works}
    reports: dict[str, Report] = {}
    for work in works:
        stored = None if force else store.load(course, unit, work.student, keys[work.student])
        if stored is not None:
            reports[work.student] = stored
            on_report(stored, False)
    waiting = [work for work in works if work.student not in reports]
    lost: list[str] = []

    def take(student: str, report: Report | None) -> None:
        if report is None:
            lost.append(student)
            return
        if report.earned is not None:
            store.save(course, unit, keys[student], report)
        reports[student] = report
        on_report(report, True)

    if waiting:
        course = confined(course)
    if jobs > 1 and len(waiting) > 1:
        for student, report in _Pool(course, unit, waiting, jobs).results():
            take(student, report)
        # Once more, in judges of their own: whoever it was that ended the first may not be there again.
        again, lost = [work for work in waiting if work.student in lost], []
        if again:
            for student, report in _Pool(course, unit, again, 1).results():
                take(student, report)
    elif waiting:
        judge_all(course, unit, waiting, lambda report: take(report.submission.student, report))
    if lost:
        raise Fault(f"A judge process died on the work of {', '.join(lost)}: it has no score. Run the command again.")
    return [reports[work.student] for work in works]
