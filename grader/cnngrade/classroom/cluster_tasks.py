"""What runs in the workers of a cluster: each task is bytes in and bytes out, and the judging is done by processes beside.

dask calls these functions by their names. It carries their arguments and results as pickles of plain bytes: nothing that is
made from a submission is an object until a judge, or whoever graded, has read it as JSON or as a file.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from cnngrade.classroom.cluster import HOW_TO_CLOSE, is_open_to_others
from cnngrade.classroom.judge_process import JudgeProcess
from cnngrade.classroom.parcels import as_parcel, from_parcel
from cnngrade.classroom.travelling_course import find_course_of, keep_course
from cnngrade.errors import CnngradeError, CourseError, UsageError

_IDLE_SECONDS = 60.0
"""How long a judge waits for more to do: one that nobody ends, because its grading was killed, ends itself."""


class _Died(Exception):
    """A judge process died on a submission."""


class _Judges:
    """The judges of one grading in this worker: one for each task that runs at the same time, kept for the next."""

    def __init__(self, said: dict[str, Any], course: Path) -> None:
        self._said, self._course = said, course
        self._lock = threading.Lock()
        self._idle: dict[JudgeProcess, threading.Timer] = {}
        self._busy: set[JudgeProcess] = set()
        self.is_over = False

    @contextlib.contextmanager
    def one(self) -> Iterator[JudgeProcess]:
        """Lend a judge; after an exception in the block it is not lent again. Raises UsageError and Fault."""
        judge = self._from_idle() or self._started()
        try:
            yield judge
        except BaseException:
            with self._lock:
                self._busy.discard(judge)
            judge.close()
            raise
        self._keep(judge)

    def _from_idle(self) -> JudgeProcess | None:
        with self._lock:
            if not self._idle:
                return None
            judge, timer = self._idle.popitem()
            self._busy.add(judge)
        timer.cancel()
        return judge

    def _started(self) -> JudgeProcess:
        judge = JudgeProcess(self._course, self._said["unit"], self._said["sandbox"], self._said["secret"])
        with self._lock:
            self._busy.add(judge)
        return judge

    def _keep(self, judge: JudgeProcess) -> None:
        timer = threading.Timer(_IDLE_SECONDS, self._expire, [judge])
        timer.daemon = True
        with self._lock:
            self._busy.discard(judge)
            self._idle[judge] = timer
        timer.start()
        if self.is_over:
            self._expire(judge)

    def _expire(self, judge: JudgeProcess) -> None:
        """Close a judge, unless it has been lent again meanwhile."""
        with self._lock:
            timer = self._idle.pop(judge, None)
        if timer:
            timer.cancel()
            judge.close()

    def end(self) -> None:
        """End all of them, those too that are judging."""
        self.is_over = True
        with self._lock:
            busy, idle = list(self._busy), list(self._idle)
        for judge in busy:
            judge.stop()
        for judge in idle:
            judge.stop()
            self._expire(judge)


_judges: dict[str, _Judges] = {}
_lock = threading.Lock()


def _judges_of(said: dict[str, Any], course: Path) -> _Judges:
    with _lock:
        return _judges.setdefault(said["run"], _Judges(said, course))


def prepare(task: bytes) -> bytes:
    """Keep the course that comes along, start a judge with it, and return what this machine says of itself.

    That has `machine`, or `refused`: why nothing can be judged here.
    """
    said, (course,) = from_parcel(task)
    try:
        # Its address may be at 127.0.0.1 all the same.
        if is_open_to_others(listening := str(_this_worker().listen_address)):
            raise UsageError(f"It listens to other machines, at {listening}, without TLS. {HOW_TO_CLOSE}")
        with _judges_of(said, keep_course(course)).one() as judge:
            return as_parcel({"machine": judge.machine})
    except CnngradeError as error:
        return as_parcel({"refused": str(error)})


def judge_works(task: bytes) -> bytes:
    """Judge submissions for as many seconds as the task says, the first of them in any case, and return what came of it.

    That has `answers`: for each that was judged what its judge said, None where a judge died on it. Or it has `unsound`: why
    the tests cannot be run. Or it has `worker`, the address of this one, which cannot judge, and why that is (`refused`),
    unless only its course is gone.
    """
    said, parcels = from_parcel(task)
    try:
        course = find_course_of(said["course"])
        if course is None:
            return as_parcel({"worker": _own_address()})
        return as_parcel({"answers": _answers(said, course, parcels)})
    except CourseError as error:
        return as_parcel({"unsound": str(error)})
    except CnngradeError as error:
        return as_parcel({"worker": _own_address(), "refused": str(error)})


def _this_worker() -> Any:
    # Whoever grades imports this module, too, and only a worker has loaded dask already.
    from distributed import get_worker

    return get_worker()


def _own_address() -> str:
    return str(_this_worker().address)


def _answers(said: dict[str, Any], course: Path, parcels: Sequence[bytes]) -> list[dict[str, Any] | None]:
    judges, end = _judges_of(said, course), time.monotonic() + said["seconds"]
    answers: list[dict[str, Any] | None] = []
    for (student, note), files in zip(said["works"], parcels, strict=True):
        if judges.is_over or (answers and time.monotonic() > end):
            break
        try:
            with judges.one() as judge:
                if judge.machine["judging"] != said["judging"]:
                    raise UsageError("It was started again, with other versions.")
                answer = judge.judge(student, note, files)
                if answer is None:
                    raise _Died
        except _Died:
            answer = None
        answers.append(answer)
    return answers


def end_run(run: str) -> None:
    """End what a grading has left in this worker."""
    with _lock:
        judges = _judges.pop(run, None)
    if judges:
        # A judge that tidies up takes a moment, and dask calls this in the thread that hears the scheduler.
        threading.Thread(target=judges.end, daemon=True).start()
