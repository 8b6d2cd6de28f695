"""A small class, end to end: release a unit, collect submissions, grade them through nbgrader, write feedback, show the gradebook.

Everything happens in a copy of the course, so that a first look leaves nothing behind in the course itself.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from cnngrade import layout
from cnngrade.collect import Fate, collect
from cnngrade.course import load_course
from cnngrade.errors import Fault, UsageError
from cnngrade.grade import grade
from cnngrade.model import Course, Report, Unit
from cnngrade.release import release
from cnngrade.render.terminal import report_as_text
from cnngrade.render.terminal import clipped

_COPIED = ("exercises", "solutions", "autograde_tests")
_MARKER = ".cnngrade-demo"

Say = Callable[[str], None]


def _fresh_copy(course: Course, target: Path) -> Course:
    """Copy the course to `target`, in place of an earlier demo there and of nothing else; raises UsageError."""
    if target.exists() and any(target.iterdir()) and not (target / _MARKER).exists():
        raise UsageError(f"{target} is not empty and was not made by `cnngrade demo`. Name another folder: --to FOLDER")
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    (target / _MARKER).write_text("Made by `cnngrade demo`; the next demo makes it anew.\n", encoding="utf-8")
    shutil.copyfile(course.root / "course.yml", target / "course.yml")
    for name in _COPIED:
        # With the compiled kernels, so that a demo need not wait for them.
        shutil.copytree(course.root / name, target / name)
    return load_course(target)


def _causes(report: Report) -> str:
    causes = list(dict.fromkeys(outcome.cause for outcome in report.outcomes if outcome.cause))
    if causes:
        return causes[0]
    missed = [outcome for outcome in report.outcomes if outcome.earned < outcome.case.points]
    first = missed[0].for_student.splitlines() if missed and missed[0].for_student else []
    return first[0] if first else ""


def _class_table(course: Course, unit: Unit, reports: Sequence[Report]) -> list[str]:
    # nbgrader takes seconds to load.
    from cnngrade.nbgrader.gradebook import class_table
    from cnngrade.scoring import verdict_of

    by_student = {report.submission.student: report for report in reports}
    rows = class_table(course, unit)
    width = max((len(row.student) for row in rows), default=7)
    lines = [f"  {'student':{width}}  {'points':>6} of {'':3}  {'verdict':10}  what happened"]
    for row in rows:
        report = by_student.get(row.student)
        score = "none" if row.score is None else f"{row.score:g}"
        verdict = verdict_of(report.outcomes).value if report else "-"
        told = _causes(report) if report else ""
        lines.append(f"  {row.student:{width}}  {score:>6} of {row.possible:<3g}  {verdict:10}  {clipped(told, 78)}".rstrip())
    waiting = sum(row.needs_manual_grade for row in rows)
    lines.append(f"  {len(rows)} students; {waiting} answers in prose wait for a person (nbgrader's formgrader shows them).")
    return lines


def run_demo(course: Course, unit: Unit, folder: Path, target: Path, say: Say) -> None:
    """Run the demo of `unit` with the submissions in `folder`, and say what happens. Raises what the jobs raise."""
    from cnngrade.nbgrader.feedback import write_feedback
    from cnngrade.nbgrader.record import record

    copy = _fresh_copy(course, target.resolve())
    say(f"1. Prove and release {unit.name} ({unit.title})")
    done = release(copy, unit, lambda _, step: None)
    caught = sum(bool(entry.cases) for entry in done.proof.mistakes)
    named = sum(entry.named_by_handout for entry in done.proof.mistakes)
    say(f"   sound: {len(done.proof.cases)} cases; {caught} of {len(done.proof.mistakes)} known mistakes caught, {named} named")
    say(f"2. Collect the class from {folder}")
    taken = [entry for entry in collect(copy, unit, folder) if entry.fate is not Fate.REFUSED]
    say(f"   {len(taken)} submissions")
    say("3. Grade it, and enter it into nbgrader's gradebook")
    jobs = os.cpu_count() or 1
    reports = grade(copy, unit, jobs=jobs, on_report=lambda report, fresh: None)
    students = [report.submission.student for report in reports]
    problems = [f"{entry.student}: {entry.problem}" for entry in record(copy, unit, students) if not entry.done]
    if problems:
        raise Fault("Not in the gradebook:\n" + "\n".join(problems))
    for line in _class_table(copy, unit, reports):
        say(line)
    wrong = next((report for report in reports if any(outcome.cause for outcome in report.outcomes)), reports[0])
    say(f"4. What the student {wrong.submission.student} reads")
    say("\n".join("   " + line for line in report_as_text(wrong, colour=False).splitlines()))
    pages = write_feedback(copy, unit, students)
    room = layout.classroom(copy)
    say("5. Look around")
    say(f"   what students get     {done.folder}")
    say(f"   what they handed in   {room / 'submitted'}")
    say(f"   the gradebook         {room / 'gradebook.db'}")
    say(f"   reports as JSON       {room / 'reports' / unit.name}")
    say(f"   {len(pages)} feedback pages     {pages[0].parent.parent.parent if pages else room / 'feedback'}")
    say(f"   in nbgrader           cd {room} && nbgrader autograde {unit.name} --force")
