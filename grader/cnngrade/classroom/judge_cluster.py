"""Judge submissions on the workers of a dask cluster, and lose nothing when machines of it die.

Submissions travel in tasks of up to 50. A task ends after some seconds, with what it has judged by then; the rest goes into
further tasks. So a machine that dies takes a few seconds of work with it, and dask gives its task to another one. A submission
on which a judge dies, or one worker after the other, is tried again in a task of its own, and then given up.
"""

from __future__ import annotations

import secrets
import time
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cnngrade.classroom.cluster import Cluster
from cnngrade.classroom.cluster_machines import ClusterMachines, Job
from cnngrade.classroom.cluster_tasks import judge_works
from cnngrade.classroom.dask_link import DaskLink, Future, TaskFailed
from cnngrade.classroom.handed_in import HandedIn
from cnngrade.classroom.parcels import as_parcel, folder_as_parcel, from_parcel
from cnngrade.errors import CnngradeError, CourseError, Fault
from cnngrade.judge.judgement import Judgement
from cnngrade.model import Course, Unit
from cnngrade.safe_text import visible_name
from cnngrade.scoring import possible, total

_MOST_WORKS, _MOST_BYTES = 50, 8 << 20
_TASK_SECONDS = 10.0
_AHEAD = 2  # tasks for each judge, so that none waits for its next
_TICK, _LOOK = 0.5, 2.0

# A submission is given up when a judge dies on it that judged nothing else, or twice a worker that did nothing else.
_MOST_LOSSES, _JUDGE_DIED, _WORKER_GONE = 2, 2, 1


_Batch = tuple[list[HandedIn], list[bytes]]


@dataclass(frozen=True, slots=True)
class _Task:
    """Submissions that were sent together, to any of these workers; or one `alone`, to a worker that has no other then."""

    works: tuple[HandedIn, ...]
    workers: frozenset[str]
    alone: bool = False


class JudgeCluster:
    """The workers of a cluster, at work on submissions of one unit. `tell` hears sentences about the cluster.

    `left_here` are, once `results` is exhausted, the submissions that cannot travel (see `folder_as_parcel`), or that another
    system cannot hold, such as one with names that are too long there.
    """

    def __init__(
        self, course: Course, unit: Unit, sandbox: str, secret: str, cluster: Cluster, tell: Callable[[str], None]
    ) -> None:
        self._job = Job(secrets.token_hex(8), course, unit, sandbox, secret)
        self._cluster, self._tell = cluster, tell
        self._todo: deque[HandedIn] = deque()
        self._again: deque[HandedIn] = deque()
        self._losses: Counter[str] = Counter()
        self._given_up: list[HandedIn] = []
        self._sent: dict[Future, _Task] = {}
        self._most = 1
        self.left_here: list[HandedIn] = []

    def results(self, works: Sequence[HandedIn]) -> Generator[tuple[HandedIn, Judgement | None], None, None]:
        """Yield (work, judgement) as they come; None for work on which judges died. To be closed: that ends what is being done.

        Raises UsageError where there is no cluster, where it is not safe to use, or where a machine would judge otherwise than
        this one; CourseError when the tests cannot be run; Fault when the scheduler, or the last worker, is gone.
        """
        link = DaskLink(self._cluster, self._job.run)
        try:
            machines = ClusterMachines(link, self._job, self._cluster, self._tell)
            machines.gather()
            self._todo.extend(works)
            # The last tasks of a class are to be shared by all.
            self._most = max(1, min(_MOST_WORKS, len(works) // (_AHEAD * machines.judges)))
            yield from self._judged(link, machines)
        finally:
            for future in self._sent:
                link.forget(future)
            link.close()

    def _judged(self, link: DaskLink, machines: ClusterMachines) -> Iterator[tuple[HandedIn, Judgement | None]]:
        looked = time.monotonic()
        while self._todo or self._again or self._sent:
            self._send(link, machines)
            done = link.next_done(_TICK)
            if done is not None and not machines.heard(done) and done in self._sent:
                yield from self._heard(link, machines, done)
            if time.monotonic() - looked > _LOOK:
                machines.look()
                machines.require_some()
                self._take_back(link, machines)
                looked = time.monotonic()
            while self._given_up:
                yield self._given_up.pop(), None

    def _send(self, link: DaskLink, machines: ClusterMachines) -> None:
        """Send what the judges can have in hand; what may have been the end of a judge last, one to each worker."""
        while self._todo and len(self._sent) < _AHEAD * machines.judges:
            self._send_batch(link, machines, self._batch(self._todo, self._most), frozenset(machines.good), False)
        if not self._todo and all(task.alone for task in self._sent.values()):
            busy = {address for task in self._sent.values() for address in task.workers}
            for address in machines.good.keys() - busy:
                self._send_batch(link, machines, self._batch(self._again, 1), frozenset([address]), True)

    def _send_batch(
        self, link: DaskLink, machines: ClusterMachines, batch: _Batch, workers: frozenset[str], alone: bool
    ) -> None:
        works, parcels = batch
        if not works:
            return
        said = self._job.said | {
            "course": self._job.key,
            "judging": machines.ours["judging"],
            "seconds": _TASK_SECONDS,
            "works": [[work.student, work.note] for work in works],
        }
        future = link.submit(judge_works, as_parcel(said, parcels), workers)
        self._sent[future] = _Task(tuple(works), workers, alone)

    def _batch(self, source: deque[HandedIn], most: int) -> _Batch:
        """Take the next submissions that travel together, with their parcels."""
        works: list[HandedIn] = []
        parcels: list[bytes] = []
        while source and len(works) < most and sum(map(len, parcels)) < _MOST_BYTES:
            work = source.popleft()
            parcel = folder_as_parcel(work.folder)
            if parcel is None:
                self.left_here.append(work)
                continue
            works.append(work)
            parcels.append(parcel)
        return works, parcels

    def _heard(self, link: DaskLink, machines: ClusterMachines, done: Future) -> Iterator[tuple[HandedIn, Judgement | None]]:
        task = self._sent.pop(done)
        try:
            told = _told(link.answer(done))
        except TaskFailed as error:
            if not error.killed:
                raise Fault(f"The cluster failed: {error}. What was finished is kept: run the same command again.") from error
            told = _Told([None] * len(task.works))
        if told.unsound:
            raise CourseError(told.unsound)
        if told.worker:
            machines.distrust(told.worker, told.refused)
        for work, answer in zip(task.works, told.answers, strict=False):
            if answer is not None and "unfit" in answer:
                self.left_here.append(work)
            elif answer is not None:
                yield work, _judgement(self._job.unit, work, answer)
            else:
                self._lose(work, _JUDGE_DIED, task.alone)
        (self._again if task.alone else self._todo).extendleft(reversed(task.works[len(told.answers) :]))

    def _lose(self, work: HandedIn, weight: int, alone: bool) -> None:
        """Try a submission again by itself, unless it has been lost by itself too often."""
        if alone:
            self._losses[work.student] += weight
        (self._given_up if self._losses[work.student] >= _MOST_LOSSES else self._again).append(work)

    def _take_back(self, link: DaskLink, machines: ClusterMachines) -> None:
        """Take tasks back that no worker can do any more: all to which they were sent are gone."""
        for future, task in list(self._sent.items()):
            if not task.workers & machines.good.keys():
                del self._sent[future]
                link.forget(future)
                for work in task.works:
                    self._lose(work, _WORKER_GONE, task.alone)


_NONSENSE = (
    "A worker of the cluster answered {}. Nothing of it was kept: look at that machine, and run the same command again, "
    "without it or without --cluster."
)


@dataclass(frozen=True, slots=True)
class _Told:
    """What `judge_works` returned, held to its form."""

    answers: list[dict[str, Any] | None]
    worker: str = ""
    refused: str = ""
    unsound: str = ""


def _told(parcel: bytes) -> _Told:
    try:
        said, _ = from_parcel(parcel)
        told = _Told(said.get("answers", []), said.get("worker", ""), said.get("refused", ""), said.get("unsound", ""))
    except (ValueError, TypeError, AttributeError):
        raise Fault(_NONSENSE.format("what is no answer")) from None
    texts = (told.worker, told.refused, told.unsound)
    right = isinstance(told.answers, list) and all(answer is None or isinstance(answer, dict) for answer in told.answers)
    if not right or not all(isinstance(text, str) for text in texts) or not (told.answers or any(texts)):
        raise Fault(_NONSENSE.format("what is no answer"))
    return told


def _judgement(unit: Unit, work: HandedIn, answer: dict[str, Any]) -> Judgement:
    """Return what another machine made of this work, with the place that the work has on this one; raises Fault."""
    try:
        judgement = Judgement.from_json(answer["judgement"])
    except (CnngradeError, ValueError, KeyError, TypeError, AttributeError):
        raise Fault(_NONSENSE.format(f"what is no report on the work of {visible_name(work.student)}")) from None
    report, submission = judgement.report, judgement.report.submission
    if (submission.student, submission.unit) != (work.student, unit.name):
        raise Fault(_NONSENSE.format("with another student's report, or one on another unit"))
    if (report.earned, report.possible) != (total(report.outcomes), possible(report.outcomes)) or not all(
        0 <= outcome.earned <= outcome.case.points for outcome in report.outcomes
    ):
        raise Fault(_NONSENSE.format(f"with points that do not add up, for {visible_name(work.student)}"))
    here = replace(submission, path=work.folder / submission.path.name)
    return replace(judgement, report=replace(report, submission=here))
