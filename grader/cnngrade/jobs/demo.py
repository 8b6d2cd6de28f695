"""A small class, end to end: release a unit, collect submissions, grade them through nbgrader, mark an answer, write feedback,
see what the class got wrong, and take the marks elsewhere.

Everything happens in a copy of the course, so that a first look leaves nothing behind in the course itself.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from cnngrade.classroom.to_platforms.unit_mark import Counted
from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.errors import Fault, UsageError, Verdict
from cnngrade.files import replace_folder
from cnngrade.jobs.class_report import class_at_a_glance
from cnngrade.jobs.collect import collect
from cnngrade.jobs.collect_lines import Fate
from cnngrade.jobs.demo_class import DemoClass, hand_in, read_class
from cnngrade.jobs.export import ExportWish, export_marks
from cnngrade.jobs.export_lines import exported_lines
from cnngrade.jobs.grade import GradedClass, grade
from cnngrade.jobs.release import release
from cnngrade.model import Course, Outcome, Report, Unit
from cnngrade.report.terminal import clipped, report_as_text
from cnngrade.report.words import facts
from cnngrade.sandbox.backends import AUTO, NONE, choose
from cnngrade.scoring import verdict_of

_MARKER = ".cnngrade-demo"


Say = Callable[[str], None]


def _fresh_copy(course: Course, target: Path) -> Course:
    """Copy the course to `target`, in place of an earlier demo there, and never of anything else; raises UsageError."""
    if target.exists() and any(target.iterdir()) and not (target / _MARKER).exists():
        raise UsageError(f"{target} is not empty and was not made by `cnngrade demo`. Name another folder: --to FOLDER")
    with replace_folder(target) as draft:
        (draft / _MARKER).write_text("Made by `cnngrade demo`; the next demo makes it anew.\n", encoding="utf-8")
        shutil.copyfile(course.root / "course.yml", draft / "course.yml")
        for name in paths.COURSE_FOLDERS:
            # With the compiled kernels, so that a demo need not wait for them.
            shutil.copytree(course.root / name, draft / name)
    return load_course(target)


def what_happened(report: Report) -> str:
    """Return what an instructor reads of a report in one line: the named mistake, or else the first fact that cost points."""
    missed = [
        outcome
        for outcome in report.outcomes
        if outcome.earned < outcome.case.points and outcome.verdict is not Verdict.SKIPPED
    ]
    causes = [outcome.cause for outcome in missed if outcome.cause]
    if causes:
        return causes[0]
    told = (fact for outcome in missed for fact in _for_instructor(outcome))
    return next((line for fact in told for line in fact.splitlines()), "")


def _for_instructor(outcome: Outcome) -> tuple[str, ...]:
    """Return what is said of a case, with its numbers where the student does not read them."""
    if outcome.own_inputs and outcome.verdict is Verdict.WRONG and outcome.for_staff:
        return facts(replace(outcome, for_student=outcome.for_staff))
    return facts(outcome)


def _class_table(course: Course, unit: Unit, reports: Sequence[Report], marked: int) -> list[str]:
    # nbgrader takes seconds to load.
    from cnngrade.gradebook.class_table import class_table

    by_student = {report.submission.student: report for report in reports}
    rows = class_table(course, unit)
    width = max((len(row.student) for row in rows), default=7)
    lines = [f"{'student':{width}}  {'points':>6} of {'':3}  {'verdict':10}  what happened"]
    for row in rows:
        report = by_student.get(row.student)
        score = "none" if row.score is None else f"{row.score:g}"
        verdict = verdict_of(report.outcomes).value if report else "-"
        told = what_happened(report) if report else ""
        lines.append(f"{row.student:{width}}  {score:>6} of {row.possible:<3g}  {verdict:10}  {clipped(told, 78)}".rstrip())
    waiting = sum(row.needs_manual_grade for row in rows)
    lines.append(f"{len(rows)} students; answers in prose: {marked} marked, {waiting} waiting for a person.")
    return lines


@dataclass(slots=True)
class _Demo:
    """What the steps work with, and what each leaves for the next."""

    course: Course
    group: DemoClass
    say: Say
    released: Path = Path()
    graded: GradedClass = field(default_factory=lambda: GradedClass((), ()))
    pages: tuple[Path, ...] = ()


def _release(demo: _Demo) -> Iterator[str]:
    unit = demo.group.unit
    yield f"Prove and release the unit {unit.name} ({unit.title})"
    done = release(demo.course, unit, lambda _, step: demo.say(f"   {step} ..."))
    proven = done.proven
    mistakes = f"{proven.caught} of {proven.known} known mistakes caught, {proven.named} of them by name"
    yield f"sound: {len(proven.cases)} cases; {mistakes}"
    demo.released = done.folder


def _collect(demo: _Demo) -> Iterator[str]:
    yield f"Collect a class of {len(demo.group.files)}"
    with tempfile.TemporaryDirectory(prefix="cnngrade-") as inbox:
        hand_in(demo.group, Path(inbox))
        for entry in collect(demo.course, demo.group.unit, Path(inbox)):
            if entry.fate is Fate.REFUSED:
                yield f"refused: {entry.found}: {entry.reason}"


def _grade(demo: _Demo) -> Iterator[str]:
    yield "Grade it, and enter it into nbgrader's gradebook"
    try:
        sandbox = choose(AUTO)
        yield f"in the sandbox {sandbox}"
    except UsageError:
        # The class is ours and harmless: a first look need not wait for a sandbox.
        sandbox = NONE
        yield "without a sandbox, since this machine has none: `cnngrade doctor` says why"
    demo.graded = grade(demo.course, demo.group.unit, sandbox=sandbox, jobs=os.cpu_count() or 1)
    if demo.graded.missing:
        problems = (f"{entry.student}: {entry.problem}" for entry in demo.graded.missing)
        raise Fault("Not in the gradebook:\n" + "\n".join(problems))


def _mark(demo: _Demo) -> Iterator[str]:
    yield "Mark what is written, as a person does in nbgrader's formgrader, with the marking scheme beside it"
    course, unit = demo.course, demo.group.unit
    if demo.group.marks:
        # nbgrader takes seconds to load.
        from cnngrade.gradebook.assignment import ANSWER
        from cnngrade.gradebook.marks import give_mark

        for student, points in demo.group.marks.items():
            give_mark(course, unit, student, ANSWER, points)
            yield f"{student} wrote: {clipped(demo.group.answers[student], 78)}"
            yield f"{student} gets {points:g} of {unit.prose_points:g} points for it"
    yield from _class_table(course, unit, demo.graded.reports, len(demo.group.marks))


def _give_feedback(demo: _Demo) -> Iterator[str]:
    # nbgrader takes seconds to load.
    from cnngrade.gradebook.feedback import write_feedback

    reports = demo.graded.reports
    wrong = next((report for report in reports if any(outcome.cause for outcome in report.outcomes)), reports[0])
    yield f"What the student {wrong.submission.student} reads"
    yield from report_as_text(wrong, colour=False).splitlines()
    demo.pages = write_feedback(demo.course, demo.group.unit, [report.submission.student for report in reports])


def _see_the_class(demo: _Demo) -> Iterator[str]:
    yield "What the class got wrong, and its marks for elsewhere"
    course, unit = demo.course, demo.group.unit
    page = paths.classroom(course) / "class" / f"{unit.name}.html"
    yield from class_at_a_glance(course, unit, page)
    yield f"as a page: {page}"
    # Nobody marks what waits in a demo.
    wish = ExportWish("csv", counted=Counted(provisional=True))
    yield from exported_lines(export_marks(course, [unit], wish), wish)


def _look_around(demo: _Demo) -> Iterator[str]:
    course, unit = demo.course, demo.group.unit
    yield "Look around"
    yield f"what students get     {demo.released}"
    yield f"what they handed in   {paths.submitted(course)}"
    yield f"the gradebook         {paths.gradebook(course)}"
    yield f"reports as JSON       {paths.reports(course, unit.name)}"
    yield f"{len(demo.pages)} feedback pages     {paths.feedback(course)}"
    yield f"who did what, when    {paths.event_log(course)}"
    yield f"in nbgrader           cd {paths.classroom(course)} && nbgrader autograde {unit.name} --force"


_STEPS = (_release, _collect, _grade, _mark, _give_feedback, _see_the_class, _look_around)
"""The steps of a demo. Each yields its title, and then the lines that say what happened."""


def run_demo(course: Course, book: Path, target: Path, say: Say) -> None:
    """Run the demo with the class that `book` describes, and say what happens. Raises what the jobs raise."""
    group = read_class(book, course)
    demo = _Demo(_fresh_copy(course, target.resolve()), group, say)
    for number, step in enumerate(_STEPS, 1):
        lines = step(demo)
        say(f"{number}. {next(lines)}")
        for line in lines:
            say(f"   {line}")
