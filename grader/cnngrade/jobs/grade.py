"""Grade what was submitted: judge every submission, in parallel, and keep the reports.

Each judge process runs one pytest session and takes one submission after the other. A report is stored as soon as it is
there, so that an interrupted run goes on where it stopped. Writing the gradebook is nbgrader's part: see `nbgrader.record`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cnngrade.classroom import report_store
from cnngrade.classroom.judge_class import confined, handed_in, judge_all, report_key
from cnngrade.classroom.judge_pool import JudgePool
from cnngrade.errors import Fault, UsageError
from cnngrade.model import Course, Report, Unit


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
    judging = report_store.judging_digest(course, unit)
    keys = {work.student: report_key(course, unit, work, judging) for work in works}
    reports: dict[str, Report] = {}
    for work in works:
        stored = None if force else report_store.load(course, unit, work.student, keys[work.student])
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
            report_store.save(course, unit, keys[student], report)
        reports[student] = report
        on_report(report, True)

    if waiting:
        course = confined(course)
    if jobs > 1 and len(waiting) > 1:
        for student, report in JudgePool(course, unit, waiting, jobs).results():
            take(student, report)
        # Once more, in judges of their own: whoever it was that ended the first may not be there again.
        again, lost = [work for work in waiting if work.student in lost], []
        if again:
            for student, report in JudgePool(course, unit, again, 1).results():
                take(student, report)
    elif waiting:
        judge_all(course, unit, waiting, lambda report: take(report.submission.student, report))
    if lost:
        raise Fault(f"A judge process died on the work of {', '.join(lost)}: it has no score. Run the command again.")
    return [reports[work.student] for work in works]
