"""The command `cnngrade`: parse, call one job, say what came of it, exit code. Nothing here decides anything."""

from __future__ import annotations

import functools
import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cnngrade import __version__
from cnngrade.errors import CnngradeError, ExitCode, UsageError
from cnngrade.loading import ONE_THREAD
from cnngrade.model import Course, Report, Unit, Verdict

if TYPE_CHECKING:
    from cnngrade.checking import Target

# NumPy's BLAS reads them when it is loaded, which is later: a budget's yardstick runs on one thread, as students' code does.
os.environ.update(ONE_THREAD)

_Command = TypeVar("_Command", bound=Callable[..., Any])

_PACE_FROM = 5

EXIT_CODES = (
    "Exit codes: 0 done and all passed; 1 something did not pass; 2 wrong usage; 3 the course is unsound; "
    "4 a fault of the grader; 130 stopped by Ctrl-C."
)


def _say(text: str = "") -> None:
    """Print, replacing what the terminal's encoding cannot show."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    click.echo(text.encode(encoding, "replace").decode(encoding))


def _note(text: str) -> None:
    click.echo(text, err=True)


def _wants_colour() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def _guarded(command: _Command) -> _Command:
    """Turn the package's errors into a message and an exit code; a traceback only with --debug."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except CnngradeError as error:
            if click.get_current_context().find_root().params.get("debug"):
                raise
            _note(f"Error: {error}")
            sys.exit(error.exit_code)
        except KeyboardInterrupt:
            _note("Stopped. What was finished is kept; run the same command again to go on.")
            sys.exit(130)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except BrokenPipeError:
            # Whoever read the output has seen enough (`| head`); click ends quietly.
            raise
        except Exception as error:
            # Nothing of this kind should come this far. Whoever sees it needs a sentence, and the exit code of a fault.
            if click.get_current_context().find_root().params.get("debug"):
                raise
            name = click.get_current_context().info_name
            _note(f"Error: cnngrade itself failed ({type(error).__name__}: {error}). To see where: cnngrade --debug {name} ...")
            sys.exit(ExitCode.FAULT)

    return run  # type: ignore[return-value]


class _Grouped(click.Group):
    """Lists the commands in the order in which they are used, not by the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=_Grouped, context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXIT_CODES)
@click.version_option(__version__, prog_name="cnngrade")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def main(debug: bool) -> None:
    """Exercises that say which mistake it is.

    \b
    Students:     cnngrade check, hint, show
    Instructors:  cnngrade verify, release, collect, grade, feedback
    First look:   cnngrade demo
    """


def _course() -> Course:
    """Load the instructor's course around this folder; raises UsageError in a released folder, which can only be checked."""
    from cnngrade.course import find_course, load_course

    course = load_course(find_course(Path.cwd()))
    if course.handout:
        raise UsageError(
            f"{course.root} is a released folder: it can be checked (cnngrade check), and nothing else. "
            "This command is for the instructor's course."
        )
    return course


def _units(course: Course, names: Iterable[str]) -> list[Unit]:
    from cnngrade.checking import find_unit

    return [find_unit(course, name) for name in names] or list(course.units)


def _exit_status(reports: Iterable[Report]) -> ExitCode:
    verdicts = [outcome.verdict for report in reports for outcome in report.outcomes]
    if Verdict.FAULT in verdicts:
        return ExitCode.FAULT
    return ExitCode.DONE if all(verdict is Verdict.PASSED for verdict in verdicts) else ExitCode.NOT_PASSED


def _write(path: Path, text: str) -> None:
    from cnngrade.store import write_atomically

    write_atomically(path, text)
    _note(f"Written: {path}")


@main.command()
@click.argument("what", nargs=-1, metavar="[UNIT|FILE]...")
@click.option("--watch", is_flag=True, help="Check again whenever the file is saved, until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON, and nothing else, on standard output.")
@click.option("--junit", type=click.Path(path_type=Path), help="Also write a JUnit XML file.")
@click.option("--html", type=click.Path(path_type=Path), help="Also write the report as a page.")
@_guarded
def check(what: tuple[str, ...], watch: bool, as_json: bool, junit: Path | None, html: Path | None) -> None:
    """Run the public tests on your work.

    Without an argument: every unit of the course in this folder. A script or a notebook will do.

    \b
    Examples:
      cnngrade check
      cnngrade check convolution
      cnngrade check convolution.ipynb --html report.html
      cnngrade check convolution --watch
    """
    from cnngrade import checking as job

    found = job.targets(what, Path.cwd())
    if watch and len(found) > 1:
        raise click.UsageError("--watch takes one unit: cnngrade check UNIT --watch")
    reports = []
    for report in job.watched(found[0]) if watch else map(job.check, found):
        if watch:
            click.clear()
        reports.append(report)
        if not as_json:
            _show(found[len(reports) - 1 if not watch else 0], report)
    if as_json:
        from cnngrade.render.json import report_to_json

        documents = [report_to_json(report, for_students=True) for report in reports]
        _say(json.dumps(documents[0] if len(found) == 1 else documents, indent=2))
    if junit:
        from cnngrade.render.junit import reports_as_junit

        _write(junit, reports_as_junit(reports))
    if html:
        from cnngrade.render.html import reports_as_page

        _write(html, reports_as_page(reports))
    sys.exit(_exit_status(reports))


def _show(target: Target, report: Report) -> None:
    import shutil

    from cnngrade.checking import lesson_headings
    from cnngrade.render.terminal import report_as_text

    width = min(shutil.get_terminal_size((100, 20)).columns, 120)
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    _say(report_as_text(report, colour=_wants_colour(), width=width, encoding=encoding, headings=lesson_headings(target)))


def _one_target(what: str | None) -> Target:
    """Return what a command on one unit is about; in a folder of one unit it need not be named."""
    from cnngrade.checking import targets

    found = targets((what,) if what else (), Path.cwd())
    if len(found) > 1:
        raise UsageError(f"Say which unit: {', '.join(target.unit.name for target in found)}.")
    return found[0]


@main.command()
@click.argument("what", metavar="[UNIT|FILE]", required=False)
@click.argument("function", required=False)
@click.option("--again", is_flag=True, help="Show the hints given before as well.")
@_guarded
def hint(what: str | None, function: str | None, again: bool) -> None:
    """Give the next hint that fits what failed.

    Checks your work, takes the first thing that is not right (in FUNCTION, if you name one), and gives the next of its three
    hints: a nudge, an approach, a plan. Which ones were given is kept in .cnngrade-hints.json beside your work. In a folder of
    one unit, UNIT may be left out.

    \b
    Examples:
      cnngrade hint convolution
      cnngrade hint convolution conv2d
      cnngrade hint convolution --again
    """
    from cnngrade import hinting as job

    found = job.next_hint(_one_target(what), function)
    if found is None:
        _say("Nothing failed, so there is nothing to hint at.")
        return
    _say(job.hint_as_text(found, again))
    sys.exit(ExitCode.NOT_PASSED)


@main.command()
@click.argument("what", metavar="[UNIT|FILE]", required=False)
@click.argument("functions", nargs=-1, metavar="[FUNCTION]...")
@click.option("--text", is_flag=True, help="Draw in the terminal, and write no files.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("pictures"),
    show_default=True,
    help="Where files go.",
)
@_guarded
def show(what: str | None, functions: tuple[str, ...], text: bool, out: Path) -> None:
    """Draw the pictures of your functions beside the expected ones.

    With matplotlib: a page UNIT.html and a PNG for each picture, in the folder pictures. Without it, or with --text: in the
    terminal. In a folder of one unit, UNIT may be left out. The exit code is 0 when all of them are as expected.

    \b
    Examples:
      cnngrade show convolution
      cnngrade show convolution conv2d --text
      cnngrade show convolution --out /tmp/pictures
    """
    import shutil

    from cnngrade import showing as job
    from cnngrade.render.drawn import comparison_as_text
    from cnngrade.render.figure import can_draw

    target = _one_target(what)
    found = job.show(target, functions)
    if not found:
        _say(f"{target.unit.name} has no pictures{' of ' + ', '.join(functions) if functions else ''}.")
        return
    if text or not can_draw():
        width = min(shutil.get_terminal_size((100, 20)).columns, 140)
        for comparison in found:
            _say(comparison_as_text(comparison, width) + "\n")
        if not text:
            _note('For pictures as PNG and on a page: pip install "cnngrade[pictures]"')
    else:
        for comparison in found:
            _say(f"{comparison.function}: {comparison.caption}\n  {comparison.remark()}")
        for path in job.write_pictures(target.unit.title, target.unit, found, out):
            _note(f"Written: {path}")
    sys.exit(ExitCode.DONE if all(comparison.same for comparison in found) else ExitCode.NOT_PASSED)


@main.command()
@click.argument("unit")
@click.option("--title", help="The unit's title; its name if left out.")
@click.option("--points", type=float, default=10, show_default=True, help="What the unit is worth, with 1 for the prose.")
@_guarded
def new(unit: str, title: str | None, points: float) -> None:
    """Write the files of a new unit and its entry in course.yml.

    \b
    Example:
      cnngrade new segmentation --title "Segmentation: a class for every pixel" --points 12
    """
    from cnngrade.new import new_unit

    for path in new_unit(_course(), unit, title or unit, points):
        _say(f"  {path}")
    _say(f"Write the lesson, the solution and the tests; then prove them: cnngrade verify {unit}")


@main.command()
@click.argument("units", nargs=-1, metavar="[UNIT]...")
@click.option("--mistakes/--no-mistakes", default=True, help="Print the table of known mistakes.")
@click.option("--json", "as_json", is_flag=True, help="Print the proofs as JSON, and nothing else, on standard output.")
@_guarded
def verify(units: tuple[str, ...], mistakes: bool, as_json: bool) -> None:
    """Is the course sound?

    Proves for each unit that the stub earns nothing, the solution everything in good time, that every known mistake is
    caught, that the lines of time budgets lie between good and slow styles, that the examples hold, and that the public tests
    run without the solution.

    \b
    Examples:
      cnngrade verify
      cnngrade verify convolution --no-mistakes
    """
    from cnngrade.proof import proof_as_json, proof_as_text
    from cnngrade.verify import verify as job

    course = _course()
    proofs = job(course, _units(course, units), _step)
    if as_json:
        _say(json.dumps([proof_as_json(proof) for proof in proofs], indent=2))
    else:
        for proof in proofs:
            _say(proof_as_text(proof, mistakes=mistakes))
    sys.exit(ExitCode.DONE if all(proof.sound for proof in proofs) else ExitCode.UNSOUND)


@main.command()
@click.argument("unit")
@click.option("--json", "as_json", is_flag=True, help="Print the ratios as JSON, and nothing else, on standard output.")
@_guarded
def calibrate(unit: str, as_json: bool) -> None:
    """Where should the line of a time budget lie?

    Measures the unit's styles (autograde_tests/styles/UNIT.py: right ways to write a function, good ones and slow ones) as
    submissions are measured, draws them beside the line in course.yml, and proposes the middle of the gap between the slowest
    good style and the quickest slow one. Changes no file. The exit code is 0 when every line keeps its distance, 1 when a line
    has to be moved or a style gave no ratio, 3 when there is no gap for a line.

    \b
    Examples:
      cnngrade calibrate convolution
      cnngrade calibrate convolution --json > ratios.json
    """
    import shutil

    from cnngrade.calibrate import calibrate as job
    from cnngrade.placement import placement_as_json, placement_as_text

    course = _course()
    (wanted,) = _units(course, [unit])
    found = job(course, wanted, lambda style: _step(wanted, style.name))
    _end_steps()
    if as_json:
        _say(json.dumps([placement_as_json(placement) for placement in found], indent=2))
    else:
        width = min(shutil.get_terminal_size((100, 20)).columns, 120)
        _say("\n\n".join(placement_as_text(placement, width) for placement in found))
    if any(placement.proposed is None for placement in found):
        sys.exit(ExitCode.UNSOUND)
    sys.exit(ExitCode.NOT_PASSED if any(any(placement.problems()) for placement in found) else ExitCode.DONE)


def _step(unit: Unit, step: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{unit.name}: {step} ...", err=True, nl=False)
        if step == "extras":
            _end_steps()
    else:
        _note(f"{unit.name}: {step}")


def _end_steps() -> None:
    """Clear the line on which steps were told."""
    if sys.stderr.isatty():
        click.echo("\r\033[K", err=True, nl=False)


@main.command()
@click.argument("units", nargs=-1, required=True, metavar="UNIT...")
@_guarded
def release(units: tuple[str, ...]) -> None:
    """Package units and release them through nbgrader.

    A unit is verified first; an unsound one is not released. What students get lies in classroom/release/UNIT.

    \b
    Example:
      cnngrade release padding convolution
    """
    from cnngrade.release import release as job

    course = _course()
    for unit in _units(course, units):
        done = job(course, unit, _step)
        _say(f"{unit.name} is released: {done.folder}")


@main.command()
@click.argument("unit")
@click.option(
    "--from", "source", required=True, type=click.Path(exists=True, path_type=Path), help="A folder or a zip archive."
)
@click.option("--force", is_flag=True, help="Take older files too, in place of what was collected before.")
@_guarded
def collect(unit: str, source: Path, force: bool) -> None:
    """Take in what students handed in for UNIT.

    The folder or archive holds a folder for each student, or files named after them (as Moodle and Canvas write them).

    \b
    Examples:
      cnngrade collect convolution --from ~/Downloads/submissions.zip
      cnngrade collect convolution --from exchange/inbound
    """
    from cnngrade.collect import Fate
    from cnngrade.collect import collect as job

    course = _course()
    (wanted,) = _units(course, [unit])
    entries = job(course, wanted, source, force=force)
    for entry in entries:
        what = ", ".join(entry.files) if entry.fate is Fate.COLLECTED else f"{entry.found}: {entry.reason}"
        _say(f"  {entry.fate.value:9}  {entry.student or '-':20}  {what}")
    taken = sum(entry.fate is Fate.COLLECTED for entry in entries)
    refused = sum(entry.fate is Fate.REFUSED for entry in entries)
    _say(f"{taken} collected, {len(entries) - taken - refused} kept as they were, {refused} refused.")
    sys.exit(ExitCode.NOT_PASSED if refused or not entries else ExitCode.DONE)


@main.command()
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
@_guarded
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
    from cnngrade.grade import alone
    from cnngrade.sandbox import AUTO, choose

    course = _course()
    course = replace(course, policy=replace(course.policy, sandbox=choose(sandbox or AUTO)))
    everything: list[Report] = []
    missing = 0
    with alone(course):
        for unit in _units(course, units):
            reports = _judge_class(course, unit, students, jobs, force)
            everything += reports
            if gradebook:
                missing += _enter_into_gradebook(course, unit, reports)
    if as_json:
        from cnngrade.render.json import report_to_json

        _say(json.dumps([report_to_json(report) for report in everything], indent=2))
    sys.exit(ExitCode.FAULT if missing else _exit_status(everything))


class _Progress:
    """How far something is, how fast it goes, and how long it will take."""

    def __init__(self, total: int) -> None:
        self._total, self._done, self._fresh, self._start = total, 0, 0, time.monotonic()

    def step(self, fresh: bool) -> str:
        """Count one more and return the pace, "" while there is none to speak of. What was done before has none."""
        self._done += 1
        self._fresh += fresh
        passed = time.monotonic() - self._start
        if self._fresh < _PACE_FROM or not fresh:
            return ""
        left = (self._total - self._done) * passed / self._fresh
        return f"{self._fresh / passed:.1f} a second, {_duration(left)} left"

    def is_done(self) -> bool:
        """Whether nothing is left."""
        return self._done == self._total

    def count(self) -> str:
        """Return how many of how many are done."""
        return f"[{self._done:{len(str(self._total))}}/{self._total}]"


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def _judge_class(course: Course, unit: Unit, students: tuple[str, ...], jobs: int, force: bool) -> list[Report]:
    from cnngrade.grade import grade as job
    from cnngrade.grade import handed_in
    from cnngrade.render.terminal import summary_line

    total = len(handed_in(course, unit, students))
    progress = _Progress(total)

    def tell(report: Report, fresh: bool) -> None:
        pace = progress.step(fresh) or ("" if fresh else "kept")
        _note(f"{progress.count()} {report.submission.student}: {summary_line(report)}{f' ({pace})' if pace else ''}")

    return job(course, unit, students=students, jobs=jobs, force=force, on_report=tell)


def _enter_into_gradebook(course: Course, unit: Unit, reports: list[Report]) -> int:
    """Record the reports through nbgrader, naming those that could not be; returns how many these are."""
    # nbgrader takes seconds to load: only what writes the gradebook waits for it.
    from cnngrade.nbgrader.record import Recorded, record

    progress = _Progress(len(reports))

    def tell(entry: Recorded) -> None:
        pace = progress.step(True)
        if entry.done and sys.stderr.isatty():
            click.echo(f"\r\033[Kgradebook: {progress.count()} {pace}", err=True, nl=progress.is_done())
        elif not entry.done:
            _note(f"{unit.name}: {entry.student} is not in the gradebook: {entry.problem}")

    entered = record(course, unit, [report.submission.student for report in reports], tell)
    return sum(not entry.done for entry in entered)


@main.command()
@click.argument("unit")
@click.option("--student", "students", multiple=True, metavar="ID", help="Only this student (may be given several times).")
@_guarded
def feedback(unit: str, students: tuple[str, ...]) -> None:
    """Write feedback pages for UNIT, one a student, from the gradebook.

    \b
    Example:
      cnngrade feedback convolution
    """
    from cnngrade.nbgrader.feedback import write_feedback

    course = _course()
    (wanted,) = _units(course, [unit])
    for path in write_feedback(course, wanted, students):
        _say(f"  {path}")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@_guarded
def doctor(as_json: bool) -> None:
    """What this machine can do, and what is missing.

    \b
    Example:
      cnngrade doctor
    """
    from cnngrade.doctor import examine

    findings = examine(Path.cwd())
    if as_json:
        _say(json.dumps([finding.as_dict() for finding in findings], indent=2))
    else:
        for finding in findings:
            _say(finding.as_text())
    sys.exit(ExitCode.DONE if all(finding.good or not finding.needed for finding in findings) else ExitCode.NOT_PASSED)


@main.command()
@click.option(
    "--class",
    "book",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Whose work to grade; grader/demo/class.yml if left out.",
)
@click.option(
    "--to", "target", type=click.Path(path_type=Path), default=Path("demo"), show_default=True, help="Where to put it all."
)
@_guarded
def demo(book: Path | None, target: Path) -> None:
    """A small class, end to end, on this machine: release, collect, grade, feedback.

    Works on a copy of the course in a folder of its own, which is made anew; the course's own classroom is left alone.

    \b
    Examples:
      cnngrade demo
      cnngrade demo --to ~/first-look
    """
    from cnngrade.demo import run_demo

    course = _course()
    run_demo(course, book or course.root / "grader" / "demo" / "class.yml", target, _say)


if __name__ == "__main__":
    main()
