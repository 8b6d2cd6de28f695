"""Grade what a class submitted: judge every submission, and enter it into nbgrader's gradebook."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnngrade.classroom.cluster import Cluster
from cnngrade.classroom.judge_class import OnNews, OnReport, judge_class
from cnngrade.classroom.lock import alone
from cnngrade.jobs.roster import enter_roster, roster_of
from cnngrade.model import Course, Report, Unit
from cnngrade.sandbox.backends import AUTO

if TYPE_CHECKING:
    from cnngrade.gradebook.record import Recorded


@dataclass(frozen=True, slots=True)
class GradedClass:
    """The reports in the order of the students' names, and what became of each in the gradebook, if they were to be entered."""

    reports: tuple[Report, ...]
    recorded: tuple[Recorded, ...]

    @property
    def missing(self) -> tuple[Recorded, ...]:
        """Who should be in the gradebook and is not; each says why."""
        return tuple(entry for entry in self.recorded if not entry.done)


def _nobody_hears(*_: object) -> None:
    pass


def grade(
    course: Course,
    unit: Unit,
    *,
    students: Sequence[str] = (),
    sandbox: str = AUTO,
    jobs: int = 1,
    cluster: Cluster | None = None,
    force: bool = False,
    gradebook: bool = True,
    on_begin: Callable[[int], None] = _nobody_hears,
    on_report: OnReport = _nobody_hears,
    on_entry: Callable[[Recorded], None] = _nobody_hears,
    on_news: OnNews = _nobody_hears,
) -> GradedClass:
    """Judge what was submitted for `unit`, by all or by the named students, and enter it into the gradebook.

    It is judged in up to `jobs` processes, or on a `cluster`. `sandbox` confines the students' code; `force` judges again what
    has a stored report. `on_begin` hears how many there are, `on_report(report, fresh)` of each report as it comes (`fresh` is
    False for one that was stored), `on_entry` of each student once the gradebook has the points or it is known why not,
    `on_news` of what happens to the machines of a cluster.

    Raises UsageError when somebody else is grading, when the roster cannot be used, when nothing was submitted, nothing here
    would confine it or a package is missing that submissions may use, and when the unit was not released; CourseError when the
    tests cannot be run; Fault when a judge process died (after all others are done), and where the gradebook is locked or a
    disk is full. On a cluster, also what `JudgeCluster.results` raises. What was finished is kept: the next call goes on.
    """
    # What is wrong with the roster is said before hours of judging.
    people = roster_of(course)
    with alone(course):
        judged = judge_class(
            course,
            unit,
            students,
            sandbox=sandbox,
            jobs=jobs,
            cluster=cluster,
            force=force,
            on_begin=on_begin,
            on_report=on_report,
            on_news=on_news,
        )
        recorded: tuple[Recorded, ...] = ()
        if gradebook:
            # nbgrader takes seconds to load, and nobody waits for it before the reports are there.
            from cnngrade.gradebook.record import record

            enter_roster(course, people)
            recorded = record(course, unit, judged, on_entry)
    return GradedClass(tuple(entry.report for entry in judged), recorded)
