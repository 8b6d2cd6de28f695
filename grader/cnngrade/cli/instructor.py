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
    guarded,
    instructors_course,
    note,
    say,
    say_json,
    wanted_units,
    write_file,
)
from cnngrade.cli.live_line import LiveLine, told_steps
from cnngrade.errors import ExitCode
from cnngrade.model import Report, Unit
from cnngrade.safe_text import visible_line, visible_name

if TYPE_CHECKING:
    from cnngrade.gradebook.record import Recorded
    from cnngrade.jobs.class_summary import ClassSummary
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


_A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("unit", shell_complete=completion.units)
@click.option(
    "--from", "source", required=True, type=click.Path(exists=True, path_type=Path), help="A folder or a zip archive."
)
@click.option("--roster", type=_A_FILE, help="Who takes part; classroom/roster.csv if left out and there.")
@click.option("--map", "mapped", type=_A_FILE, help="A CSV file (found,student,file) that says whose work is whose.")
@click.option("--submitted-at", default="", metavar="FILE|TIME", help="A CSV file (id,time), or a time, of submission.")
@click.option("--force", is_flag=True, help="Take older files too, in place of what was collected before.")
@click.option("--inside", default="", metavar="FOLDER", help="The students' folders or files are in this folder of it.")
@click.option(
    "--encoding", default="", metavar="NAME", help="The code of a zip's names, where they do not say it: cp932, cp850."
)
@click.option("--dry-run", "rehearsal", is_flag=True, help="Say what would be collected, and write nothing.")
@guarded
def collect(
    unit: str,
    source: Path,
    roster: Path | None,
    mapped: Path | None,
    submitted_at: str,
    force: bool,
    inside: str,
    encoding: str,
    rehearsal: bool,
) -> None:
    """Take in what students handed in for UNIT.

    The folder or archive is what Canvas, Moodle, Blackboard, Brightspace, Sakai, ILIAS, Teams, Gradescope, GitHub Classroom or
    nbgrader's exchange hand out, or it holds a folder for each student or files named after them. Whoever is not in the roster
    is refused by name. Where it cannot be told whose, which or when, nothing is guessed, and you are shown how to go on.

    \b
    Examples:
      cnngrade collect convolution --from ~/Downloads/submissions.zip --dry-run
      cnngrade collect convolution --from exchange/inbound
      cnngrade collect convolution --from week3.zip --inside "CNN 101"
      cnngrade collect convolution --from week3.zip --map whose.csv --submitted-at times.csv
    """
    from cnngrade.jobs.collect import SaidOfSource
    from cnngrade.jobs.collect import collect as job
    from cnngrade.jobs.collect_lines import collected_as_text, summary

    course = instructors_course()
    (wanted,) = wanted_units(course, [unit])
    said = SaidOfSource(roster, mapped, submitted_at, encoding)
    with LiveLine(f"{wanted.name}: collecting"):
        done = job(course, wanted, source, force, inside, said, rehearsal)
    for entry in done.as_told():
        say(f"  {collected_as_text(entry)}")
    for line in summary(done, rehearsal):
        say(line)
    sys.exit(ExitCode.NOT_PASSED if done.misses_work else ExitCode.DONE)


@click.command()
@click.argument("units", nargs=-1, required=True, metavar="UNIT...", shell_complete=completion.units)
@_some_students
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    default=lambda: os.cpu_count() or 1,
    help="Judge processes on this machine; one for each core if left out.",
)
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Judge on the workers of dask's scheduler at this address: tls://HOST:PORT, or tcp://127.0.0.1:PORT.",
)
@click.option(
    "--tls-ca-file", type=_A_FILE, help="The certificate of the cluster's authority (PEM), unless dask is told already."
)
@click.option("--tls-cert", type=_A_FILE, help="Your certificate for the cluster (PEM), likewise.")
@click.option("--tls-key", type=_A_FILE, help="The key of your certificate (PEM), likewise.")
@click.option("--force", is_flag=True, help="Judge again what has a stored report.")
@click.option(
    "--sandbox",
    metavar="NAME",
    help="What confines the students' code: bubblewrap, landlock, none; the strongest that this machine has if left out.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the reports as JSON, and nothing else, on standard output.")
@click.option("--junit", type=click.Path(path_type=Path), help="Also write a JUnit XML file, with a suite for each student.")
@click.option("--gradebook/--no-gradebook", default=True, help="Enter the scores into nbgrader's gradebook.")
@guarded
def grade(
    units: tuple[str, ...],
    students: tuple[str, ...],
    jobs: int,
    cluster: str | None,
    tls_ca_file: Path | None,
    tls_cert: Path | None,
    tls_key: Path | None,
    force: bool,
    sandbox: str | None,
    as_json: bool,
    junit: Path | None,
    gradebook: bool,
) -> None:
    """Grade what was submitted, and enter it into the gradebook.

    Reports are kept as they come: an interrupted run goes on where it stopped. The work of students runs in a sandbox,
    without files, network or other processes; `cnngrade doctor` shows which there are. Where there is none, grading is
    refused unless --sandbox none says otherwise: then the code of students can do what you can do.

    At the end stands how many have a score, mean and median, who was late, who waits for a person and who is missing. The exit
    code is 0 if everybody has a score, whatever it is, and 4 if the grader failed somebody.

    \b
    Examples:
      cnngrade grade convolution
      cnngrade grade convolution --student ada --force
      cnngrade grade padding convolution --jobs 2 --json > reports.json
      cnngrade grade convolution --junit reports.xml
      cnngrade grade convolution --cluster tls://grader1.example.org:8786
    """
    from cnngrade.classroom.cluster import Cluster
    from cnngrade.jobs.class_summary import summary_lines, summary_of
    from cnngrade.jobs.grade import grade as job
    from cnngrade.sandbox.backends import AUTO

    if cluster is None and (tls_ca_file or tls_cert or tls_key):
        raise click.UsageError("--tls-ca-file, --tls-cert and --tls-key are for --cluster, which is not given.")
    course = instructors_course()
    everything: list[Report] = []
    summaries: list[ClassSummary] = []
    for unit in wanted_units(course, units):
        teller = _Teller(unit)
        done = job(
            course,
            unit,
            students=students,
            sandbox=sandbox or AUTO,
            jobs=jobs,
            cluster=None if cluster is None else Cluster(cluster, tls_ca_file, tls_cert, tls_key),
            force=force,
            gradebook=gradebook,
            on_begin=teller.begin,
            on_report=teller.judged,
            on_entry=teller.recorded,
            on_news=note,
        )
        everything += done.reports
        summaries.append(summary_of(course, unit, done, gradebook, only=bool(students)))
        for line in summary_lines(course, unit, summaries[-1]):
            (note if as_json else say)(line)
    if as_json:
        from cnngrade.report.json import report_to_json

        say_json([report_to_json(report) for report in everything])
    if junit:
        from cnngrade.report.junit import reports_as_junit

        write_file(junit, reports_as_junit(everything, staff=True, root=course.root))
    sys.exit(ExitCode.FAULT if any(summary.without_score for summary in summaries) else ExitCode.DONE)


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
    with LiveLine(f"{wanted.name}: writing pages") as line:

        def tell(page: Path | None, done: int, of: int) -> None:
            line.say(f"{wanted.name}: writing pages, {done} of {of} students done")
            if page is not None:
                with line.aside():
                    say(f"  {visible_name(str(page))}")

        written = write_feedback(course, wanted, students, tell)
    say(f"{wanted.name}: {len(written)} page{'' if len(written) == 1 else 's'} written.")
