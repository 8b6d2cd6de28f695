"""The commands for instructors: release, collect, grade, feedback."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import click

from cnngrade.cli.console import Progress, exit_status, guarded, instructors_course, note, say, show_step, wanted_units
from cnngrade.errors import ExitCode
from cnngrade.model import Course, Report, Unit


@click.command()
@click.argument("units", nargs=-1, required=True, metavar="UNIT...")
@guarded
def release(units: tuple[str, ...]) -> None:
    """Package units and release them through nbgrader.

    A unit is verified first; an unsound one is not released. What students get lies in classroom/release/UNIT.

    \b
    Example:
      cnngrade release padding convolution
    """
    from cnngrade.jobs.release import release as job

    course = instructors_course()
    for unit in wanted_units(course, units):
        done = job(course, unit, show_step)
        say(f"{unit.name} is released: {done.folder}")


@click.command()
@click.argument("unit")
@click.option(
    "--from", "source", required=True, type=click.Path(exists=True, path_type=Path), help="A folder or a zip archive."
)
@click.option("--force", is_flag=True, help="Take older files too, in place of what was collected before.")
@guarded
def collect(unit: str, source: Path, force: bool) -> None:
    """Take in what students handed in for UNIT.

    The folder or archive holds a folder for each student, or files named after them (as Moodle and Canvas write them).

    \b
    Examples:
      cnngrade collect convolution --from ~/Downloads/submissions.zip
      cnngrade collect convolution --from exchange/inbound
    """
    from cnngrade.jobs.collect import Fate
    from cnngrade.jobs.collect import collect as job

    course = instructors_course()
    (wanted,) = wanted_units(course, [unit])
    entries = job(course, wanted, source, force=force)
    for entry in entries:
        what = ", ".join(entry.files) if entry.fate is Fate.COLLECTED else f"{entry.found}: {entry.reason}"
        say(f"  {entry.fate.value:9}  {entry.student or '-':20}  {what}")
    taken = sum(entry.fate is Fate.COLLECTED for entry in entries)
    refused = sum(entry.fate is Fate.REFUSED for entry in entries)
    say(f"{taken} collected, {len(entries) - taken - refused} kept as they were, {refused} refused.")
    sys.exit(ExitCode.NOT_PASSED if refused or not entries else ExitCode.DONE)


@click.command()
@click.argument("units", nargs=-1, required=True, metavar="UNIT...")
@click.option("--student", "students", multiple=True, metavar="ID", help="Only this student (may be given several times).")
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    default=lambda: os.cpu_count() or 1,
    help="Judge processes; one for each core if left out.",
)
@click.option("--force", is_flag=True, help="Judge again what has a stored report.")
@click.option(
    "--sandbox",
    metavar="NAME",
    help="What confines the students' code: bubblewrap, landlock, none; the strongest that this machine has if left out.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the reports as JSON, and nothing else, on standard output.")
@click.option("--gradebook/--no-gradebook", default=True, help="Enter the scores into nbgrader's gradebook.")
@guarded
def grade(
    units: tuple[str, ...],
    students: tuple[str, ...],
    jobs: int,
    force: bool,
    sandbox: str | None,
    as_json: bool,
    gradebook: bool,
) -> None:
    """Grade what was submitted, and enter it into the gradebook.

    Reports are kept as they come: an interrupted run goes on where it stopped. The work of students runs in a sandbox,
    without files, network or other processes; `cnngrade doctor` shows which there are. Where there is none, grading is
    refused unless --sandbox none says otherwise: then the code of students can do what you can do.

    \b
    Examples:
      cnngrade grade convolution
      cnngrade grade convolution --student ada --force
      cnngrade grade padding convolution --jobs 2 --json > reports.json
    """
    from cnngrade.classroom.lock import alone
    from cnngrade.sandbox.backends import AUTO, choose

    course = instructors_course()
    course = replace(course, policy=replace(course.policy, sandbox=choose(sandbox or AUTO)))
    everything: list[Report] = []
    missing = 0
    with alone(course):
        for unit in wanted_units(course, units):
            reports = _judge_class(course, unit, students, jobs, force)
            everything += reports
            if gradebook:
                missing += _enter_into_gradebook(course, unit, reports)
    if as_json:
        from cnngrade.report.json import report_to_json

        say(json.dumps([report_to_json(report) for report in everything], indent=2))
    sys.exit(ExitCode.FAULT if missing else exit_status(everything))


def _judge_class(course: Course, unit: Unit, students: tuple[str, ...], jobs: int, force: bool) -> list[Report]:
    from cnngrade.classroom.judge_class import handed_in
    from cnngrade.jobs.grade import grade as job
    from cnngrade.report.terminal import summary_line

    total = len(handed_in(course, unit, students))
    progress = Progress(total)

    def tell(report: Report, fresh: bool) -> None:
        pace = progress.step(fresh) or ("" if fresh else "kept")
        note(f"{progress.count()} {report.submission.student}: {summary_line(report)}{f' ({pace})' if pace else ''}")

    return job(course, unit, students=students, jobs=jobs, force=force, on_report=tell)


def _enter_into_gradebook(course: Course, unit: Unit, reports: list[Report]) -> int:
    """Record the reports through nbgrader, naming those that could not be; returns how many these are."""
    # nbgrader takes seconds to load: only what writes the gradebook waits for it.
    from cnngrade.gradebook.record import Recorded, record

    progress = Progress(len(reports))

    def tell(entry: Recorded) -> None:
        pace = progress.step(True)
        if entry.done and sys.stderr.isatty():
            click.echo(f"\r\033[Kgradebook: {progress.count()} {pace}", err=True, nl=progress.is_done())
        elif not entry.done:
            note(f"{unit.name}: {entry.student} is not in the gradebook: {entry.problem}")

    entered = record(course, unit, [report.submission.student for report in reports], tell)
    return sum(not entry.done for entry in entered)


@click.command()
@click.argument("unit")
@click.option("--student", "students", multiple=True, metavar="ID", help="Only this student (may be given several times).")
@guarded
def feedback(unit: str, students: tuple[str, ...]) -> None:
    """Write feedback pages for UNIT, one a student, from the gradebook.

    \b
    Example:
      cnngrade feedback convolution
    """
    from cnngrade.gradebook.feedback import write_feedback

    course = instructors_course()
    (wanted,) = wanted_units(course, [unit])
    for path in write_feedback(course, wanted, students):
        say(f"  {path}")
