"""A small class, end to end: release a unit, collect submissions, grade them through nbgrader, write feedback, show the
gradebook.

Everything happens in a copy of the course, so that a first look leaves nothing behind in the course itself.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from cnngrade.course import paths
from cnngrade.course.load import load_course
from cnngrade.errors import Fault, UsageError
from cnngrade.jobs.collect import Fate, collect
from cnngrade.jobs.grade import grade
from cnngrade.jobs.release import release
from cnngrade.model import Course, Report, Unit
from cnngrade.report.terminal import clipped, report_as_text
from cnngrade.report.words import facts
from cnngrade.sandbox.backends import AUTO, NONE, choose
from cnngrade.scoring import verdict_of

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


@dataclass(frozen=True, slots=True)
class DemoClass:
    """The unit, and each student's file."""

    unit: Unit
    files: Mapping[str, Path]


def read_class(book: Path, course: Course) -> DemoClass:
    """Read a class.yml: `unit: NAME` and `students: {NAME: FILE}`, files relative to it; raises UsageError."""
    try:
        content = yaml.safe_load(book.read_text(encoding="utf-8"))
        unit = course.unit(content["unit"])
        files = {str(student): book.parent / file for student, file in content["students"].items()}
    except OSError as error:
        raise UsageError(f"{book} cannot be read ({error.strerror}). Name the class of the demo: --class FILE") from error
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{book} does not describe a class: it needs `unit: NAME` and `students:` with a file each."
        ) from error
    for student, file in files.items():
        if not file.is_file():
            raise UsageError(f"{book}: the work of {student}, {file}, is not there.")
    return DemoClass(unit, files)


def _hand_in(group: DemoClass, inbox: Path) -> None:
    for student, file in group.files.items():
        (inbox / student).mkdir(parents=True)
        shutil.copyfile(file, inbox / student / f"{group.unit.name}{file.suffix}")


def _what_happened(report: Report) -> str:
    """Return the named mistake, or else the first fact that cost points."""
    missed = [outcome for outcome in report.outcomes if outcome.earned < outcome.case.points]
    causes = [outcome.cause for outcome in missed if outcome.cause]
    if causes:
        return causes[0]
    return next((line for outcome in missed for fact in facts(outcome) for line in fact.splitlines()), "")


def _class_table(course: Course, unit: Unit, reports: Sequence[Report]) -> list[str]:
    # nbgrader takes seconds to load.
    from cnngrade.gradebook.class_table import class_table

    by_student = {report.submission.student: report for report in reports}
    rows = class_table(course, unit)
    width = max((len(row.student) for row in rows), default=7)
    lines = [f"  {'student':{width}}  {'points':>6} of {'':3}  {'verdict':10}  what happened"]
    for row in rows:
        report = by_student.get(row.student)
        score = "none" if row.score is None else f"{row.score:g}"
        verdict = verdict_of(report.outcomes).value if report else "-"
        told = _what_happened(report) if report else ""
        lines.append(f"  {row.student:{width}}  {score:>6} of {row.possible:<3g}  {verdict:10}  {clipped(told, 78)}".rstrip())
    waiting = sum(row.needs_manual_grade for row in rows)
    lines.append(f"  {len(rows)} students; {waiting} answers in prose wait for a person (nbgrader's formgrader shows them).")
    return lines


def run_demo(course: Course, book: Path, target: Path, say: Say) -> None:
    """Run the demo with the class that `book` describes, and say what happens. Raises what the jobs raise."""
    # nbgrader takes seconds to load.
    from cnngrade.gradebook.feedback import write_feedback
    from cnngrade.gradebook.record import record

    group = read_class(book, course)
    copy, unit = _fresh_copy(course, target.resolve()), group.unit
    say(f"1. Prove and release the unit {unit.name} ({unit.title})")
    done = release(copy, unit, lambda _, step: say(f"   {step} ..."))
    caught = sum(bool(entry.cases) for entry in done.proof.mistakes)
    named = sum(entry.named_by_handout for entry in done.proof.mistakes)
    known = len(done.proof.mistakes)
    say(f"   sound: {len(done.proof.cases)} cases; {caught} of {known} known mistakes caught, {named} of them by name")
    say(f"2. Collect a class of {len(group.files)}")
    with tempfile.TemporaryDirectory(prefix="cnngrade-") as inbox:
        _hand_in(group, Path(inbox))
        refused = [entry for entry in collect(copy, unit, Path(inbox)) if entry.fate is Fate.REFUSED]
    for entry in refused:
        say(f"   refused: {entry.found}: {entry.reason}")
    say("3. Grade it, and enter it into nbgrader's gradebook")
    jobs = os.cpu_count() or 1
    try:
        sandbox = choose(AUTO)
        say(f"   in the sandbox {sandbox}")
    except UsageError:
        # The class is ours and harmless: a first look need not wait for a sandbox.
        sandbox = NONE
        say("   without a sandbox, since this machine has none: `cnngrade doctor` says why")
    copy = replace(copy, policy=replace(copy.policy, sandbox=sandbox))
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
    room = paths.classroom(copy)
    say("5. Look around")
    say(f"   what students get     {done.folder}")
    say(f"   what they handed in   {room / 'submitted'}")
    say(f"   the gradebook         {room / 'gradebook.db'}")
    say(f"   reports as JSON       {room / 'reports' / unit.name}")
    say(f"   {len(pages)} feedback pages     {pages[0].parent.parent.parent if pages else room / 'feedback'}")
    say(f"   in nbgrader           cd {room} && nbgrader autograde {unit.name} --force")
