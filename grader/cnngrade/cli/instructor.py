"""The commands for instructors: release, collect, grade, feedback."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cnngrade.cli import completion
from cnngrade.cli.console import (
    Progress,
    can_rewrite,
    exit_status,
    guarded,
    instructors_course,
    note,
    say,
    say_json,
    wanted_units,
)
from cnngrade.cli.live_line import LiveLine, told_steps
from cnngrade.errors import ExitCode
from cnngrade.model import Report, Unit
from cnngrade.safe_text import visible_line, visible_name

if TYPE_CHECKING:
    from cnngrade.gradebook.record import Recorded
    from cnngrade.jobs.release import Released


_some_students = click.option(
    "--student",
    "students",
    multiple=True,
    metavar="ID",
    shell_complete=completion.students,
    help="Only this student (may be given several times).",
)


@click.command()
@click.argument("units", nargs=-1, metavar="UNIT...", shell_complete=completion.units)
@click.option("--all", "everything", is_flag=True, help="Release every unit of the course.")
@guarded
def release(units: tuple[str, ...], everything: bool) -> None:
    """Package units and release them through nbgrader.

    A unit is verified first, unless that was done and nothing has changed since; an unsound one is not released. What students
    get of a unit is in classroom/release/UNIT. All released units together, with the command itself and a README, are in the
    folder classroom/handout/COURSE and in a zip beside it, which are made anew each time.

    \b
    Examples:
      cnngrade release padding convolution
      cnngrade release --all
    """
    from cnngrade.jobs.hand_out import release_units

    if everything == bool(units):
        raise click.UsageError("Name the units, or give --all for every one of them.")
    course = instructors_course()
    released: list[Released] = []
    try:
        with told_steps() as tell:
            done = release_units(course, wanted_units(course, units), tell, released.append)
    finally:
        # A unit that is not sound takes back none of those before it.
        for one in released:
            say(f"{one.unit.name} is released: {one.folder}")
    count = f"{len(done.units)} unit{'' if len(done.units) == 1 else 's'}"
    without = f", without {', '.join(unit.name for unit in done.missing)}" if done.missing else ""
    say(f"For students, {count} in one folder{without}: {done.folder}")
    say(f"The same as one file: {done.archive}")


@click.command()
@click.argument("unit", shell_complete=completion.units)
@click.option(
    "--from", "source", required=True, type=click.Path(exists=True, path_type=Path), help="A folder or a zip archive."
)
@click.option("--force", is_flag=True, help="Take older files too, in place of what was collected before.")
@click.option("--inside", default="", metavar="FOLDER", help="The students' folders or files are in this folder of it.")
@guarded
def collect(unit: str, source: Path, force: bool, inside: str) -> None:
    """Take in what students handed in for UNIT.

    The folder or archive holds a folder for each student, or files named after them (as Moodle and Canvas write them). Where
    one folder is around all of them and may also be a student's, nothing is taken, and you are shown how to go on.

    \b
    Examples:
      cnngrade collect convolution --from ~/Downloads/submissions.zip
      cnngrade collect convolution --from exchange/inbound
      cnngrade collect convolution --from week3.zip --inside "CNN 101"
    """
    from cnngrade.jobs.collect import Fate, collected_as_text
    from cnngrade.jobs.collect import collect as job

    course = instructors_course()
    (wanted,) = wanted_units(course, [unit])
    with LiveLine(f"{wanted.name}: collecting"):
        entries = job(course, wanted, source, force=force, inside=inside)
    for entry in entries:
        say(f"  {collected_as_text(entry)}")
    taken = sum(entry.fate is Fate.COLLECTED for entry in entries)
    refused = sum(entry.fate is Fate.REFUSED for entry in entries)
    say(f"{taken} collected, {len(entries) - taken - refused} kept as they were, {refused} refused.")
    sys.exit(ExitCode.NOT_PASSED if refused or not entries else ExitCode.DONE)


@click.command()
@click.argument("units", nargs=-1, required=True, metavar="UNIT...", shell_complete=completion.units)
@_some_students
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
    from cnngrade.jobs.grade import grade as job
    from cnngrade.sandbox.backends import AUTO

    course = instructors_course()
    everything: list[Report] = []
    missing = 0
    for unit in wanted_units(course, units):
        teller = _Teller(unit)
        done = job(
            course,
            unit,
            students=students,
            sandbox=sandbox or AUTO,
            jobs=jobs,
            force=force,
            gradebook=gradebook,
            on_begin=teller.begin,
            on_report=teller.judged,
            on_entry=teller.recorded,
        )
        everything += done.reports
        missing += len(done.missing)
    if as_json:
        from cnngrade.report.json import report_to_json

        say_json([report_to_json(report) for report in everything])
    sys.exit(ExitCode.FAULT if missing else exit_status(everything))


class _Teller:
    """Tells how far the grading of a unit is: a line for each report, and one that counts the gradebook's entries."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._judging, self._recording = Progress(0), Progress(0)

    def begin(self, total: int) -> None:
        self._judging, self._recording = Progress(total), Progress(total)

    def judged(self, report: Report, fresh: bool) -> None:
        from cnngrade.report.terminal import summary_line

        pace = self._judging.step(fresh) or ("" if fresh else "kept")
        student = visible_name(report.submission.student)
        note(f"{self._judging.count()} {student}: {summary_line(report)}{f' ({pace})' if pace else ''}")

    def recorded(self, entry: Recorded) -> None:
        pace = self._recording.step(True)
        if not entry.done:
            problem = visible_line(entry.problem)
            note(f"{self._unit.name}: {visible_name(entry.student)} is not in the gradebook: {problem}")
        elif can_rewrite():
            text = f"gradebook: {self._recording.count()} {pace}"
            click.echo(f"\r\033[K{text}", err=True, nl=self._recording.is_done())


@click.command()
@click.argument("unit", shell_complete=completion.units)
@_some_students
@guarded
def feedback(unit: str, students: tuple[str, ...]) -> None:
    """Write feedback pages for UNIT, one per student, from the gradebook.

    \b
    Example:
      cnngrade feedback convolution
    """
    from cnngrade.gradebook.feedback import write_feedback

    course = instructors_course()
    (wanted,) = wanted_units(course, [unit])
    with LiveLine(f"{wanted.name}: writing pages"):
        written = write_feedback(course, wanted, students)
    for path in written:
        say(f"  {visible_name(str(path))}")
