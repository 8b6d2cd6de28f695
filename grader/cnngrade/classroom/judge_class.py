"""Judge a class, or one student of it, in the sandbox that is asked for; what has a stored report is not judged again."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cnngrade.classroom import report_store
from cnngrade.classroom.behaviour_store import save_behaviour
from cnngrade.classroom.cluster import Cluster, require_safe
from cnngrade.classroom.collected import note_on_work
from cnngrade.classroom.handed_in import HandedIn, handed_in
from cnngrade.classroom.judge_cluster import JudgeCluster
from cnngrade.classroom.judge_in_turn import judge_in_turn
from cnngrade.classroom.judge_pool import JudgePool
from cnngrade.classroom.lock import alone
from cnngrade.errors import Fault, UsageError
from cnngrade.judge.judgement import Judgement
from cnngrade.model import Course, Report, Unit
from cnngrade.safe_text import visible_name
from cnngrade.sandbox.backends import AUTO, choose, require


def _nobody_hears(*_: object) -> None:
    pass


OnReport = Callable[[Report, bool], None]
"""Hears of each report as it comes, and whether it is fresh: a stored one is not."""


OnNews = Callable[[str], None]
"""Hears sentences about the machines that judge."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A student's work, the report on it, and the key under which that is stored."""

    work: HandedIn
    report: Report
    key: str


class _Judging:
    """Submissions of one unit that are being judged, in the sandbox that `sandbox` asks for; the reports as they come.

    On a `cluster`, each machine chooses its own sandbox.
    """

    def __init__(
        self,
        course: Course,
        unit: Unit,
        sandbox: str,
        on_report: OnReport,
        cluster: Cluster | None = None,
        on_news: OnNews = _nobody_hears,
    ) -> None:
        self._course, self._unit, self._on_report = course, unit, on_report
        self._cluster, self._on_news = cluster, on_news
        require(course.policy.packages)
        if cluster:
            # A wrong address is said also where everything is judged already.
            require_safe("scheduler", [cluster.address])
        self._sandbox = sandbox if cluster else choose(sandbox)
        self._keys: dict[str, str] = {}
        self._reports: dict[str, Report] = {}

    def judge(self, works: Sequence[HandedIn], jobs: int = 1, force: bool = False) -> list[Judged]:
        """Return what came of each work, stored (unless `force`) or judged now."""
        judging = report_store.judging_digest(self._course, self._unit)
        for work in works:
            key = report_store.report_key(self._course, self._unit, work, judging, self._sandbox)
            self._keys[work.student] = key
            if not force and (stored := report_store.load(self._course, self._unit, work.student, key)):
                self._reports[work.student] = stored
                self._on_report(stored, False)
        left = [work for work in works if work.student not in self._reports]
        self._judge([replace(work, note=note_on_work(self._course, self._unit.name, work.student)) for work in left], jobs)
        return [Judged(work, self._reports[work.student], self._keys[work.student]) for work in works]

    def _judge(self, works: Sequence[HandedIn], jobs: int) -> None:
        """Judge these; raises Fault, after all that could be judged, if a judge process died on one."""
        lost: list[HandedIn] = []
        if self._cluster and works:
            lost = self._on_cluster(works, self._cluster)
        elif jobs > 1 and len(works) > 1:
            lost = self._side_by_side(works, jobs)
            # Once more, in judges of their own: what ended the first may be over.
            lost = self._side_by_side(lost, 1) if lost else []
        elif works:
            self._in_turn(works)
        if lost:
            names = ", ".join(visible_name(work.student) for work in lost)
            raise Fault(f"A judge process died on the work of {names}: it has no score. Run the command again.")

    def _in_turn(self, works: Sequence[HandedIn]) -> None:
        secret = report_store.secret(self._course)
        judge_in_turn(self._course, self._unit, works, choose(self._sandbox), secret, self._take)

    def _on_cluster(self, works: Sequence[HandedIn], cluster: Cluster) -> list[HandedIn]:
        """Judge on a cluster, and here what cannot travel; return the works on which judges died."""
        secret = report_store.secret(self._course)
        judges = JudgeCluster(self._course, self._unit, self._sandbox, secret, cluster, self._on_news)
        lost = []
        # What the cluster is doing ends at once where a report cannot be kept, say.
        with contextlib.closing(judges.results(works)) as results:
            for work, judgement in results:
                if judgement is None:
                    lost.append(work)
                else:
                    self._take(judgement)
        if judges.left_here:
            self._on_news(
                f"{len(judges.left_here)} of the submissions cannot be sent (a link, say, or an unreadable file): judged here."
            )
            self._in_turn(judges.left_here)
        return lost

    def _side_by_side(self, works: Sequence[HandedIn], jobs: int) -> list[HandedIn]:
        """Judge in several processes and return the works on which one died."""
        died = set()
        secret = report_store.secret(self._course)
        pool = JudgePool(self._course, self._unit, works, self._sandbox, secret, jobs)
        with contextlib.closing(pool.results()) as results:
            for student, judgement in results:
                if judgement is None:
                    died.add(student)
                else:
                    self._take(judgement)
        return [work for work in works if work.student in died]

    def _take(self, judgement: Judgement) -> None:
        report = judgement.report
        student = report.submission.student
        # A fault of ours may be gone the next time, so it is not kept.
        if report.earned is not None:
            save_behaviour(self._course, self._unit, student, self._keys[student], judgement.behaviour)
            report_store.save(self._course, self._unit, self._keys[student], report)
        self._reports[student] = report
        self._on_report(report, True)


def judge_class(
    course: Course,
    unit: Unit,
    students: Sequence[str] = (),
    *,
    sandbox: str = AUTO,
    jobs: int = 1,
    cluster: Cluster | None = None,
    force: bool = False,
    on_begin: Callable[[int], None] = _nobody_hears,
    on_report: OnReport = _nobody_hears,
    on_news: OnNews = _nobody_hears,
) -> list[Judged]:
    """Judge what was handed in by all students or by those named, and return it by their names.

    That is done in up to `jobs` processes of this machine, or on a `cluster`, of whose machines `on_news` hears. The caller is
    `alone` in the classroom. A report is stored as soon as it is there, so that an interrupted run goes on where
    it stopped; with `force` what is stored does not count. `on_begin` hears how many submissions there are. Raises UsageError
    when nothing was handed in, nothing here would confine it, or a package is missing that submissions may use; CourseError
    when the tests cannot be run; Fault when a judge process died (after all others are done).
    """
    judging = _Judging(course, unit, sandbox, on_report, cluster, on_news)
    works = handed_in(course, unit, students)
    if not works:
        raise UsageError(f"Nothing was submitted for {unit.name}. Collect it first: cnngrade collect {unit.name} --from FOLDER")
    on_begin(len(works))
    return judging.judge(works, jobs, force)


def report_for(course: Course, unit: Unit, student: str, folder: Path, *, sandbox: str = AUTO) -> Report:
    """Return the report on one student's folder as a grading of the class would; raises UsageError while another grades."""
    with alone(course):
        (judged,) = _Judging(course, unit, sandbox, _nobody_hears).judge([HandedIn(student, folder)])
    return judged.report
