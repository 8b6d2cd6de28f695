"""The commands for students: check, hint, show."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cnngrade.cli import completion
from cnngrade.cli.console import exit_status, guarded, note, say, say_json, wants_colour, write_file
from cnngrade.cli.live_line import LiveLine, telling
from cnngrade.cli.outputs import Outputs, repository_root
from cnngrade.errors import ExitCode, UsageError
from cnngrade.model import Report
from cnngrade.runtime import loading

if TYPE_CHECKING:
    from cnngrade.course.folder import CourseFolder
    from cnngrade.jobs.targets import Target


@click.command()
@click.argument("what", nargs=-1, metavar="[UNIT|FUNCTION|FILE]...", shell_complete=completion.work)
@click.option("--watch", is_flag=True, help="Check again whenever the file is saved; keys for what is next, q to quit.")
@click.option("--as-graded", is_flag=True, help="Run your work in the sandbox in which it is graded (Linux).")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON, and nothing else, on standard output.")
@click.option("--junit", type=click.Path(path_type=Path), help="Also write a JUnit XML file.")
@click.option("--html", type=click.Path(path_type=Path), help="Also write the report as a page.")
@click.option(
    "--work",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="FOLDER",
    help="Take only the work from there; tests and answers are those of this folder.",
)
@click.option("--annotations", type=click.Choice(["github"]), help="Also print what GitHub shows at the lines of your code.")
@click.option("--code-quality", type=click.Path(path_type=Path), metavar="FILE", help="Also write what GitLab shows there.")
@click.option("--summary", type=click.Path(path_type=Path), metavar="FILE", help="Also add the report as Markdown to a file.")
@click.option(
    "--classroom", type=click.Path(path_type=Path), metavar="FILE", help="Also add the points as GitHub Classroom reads them."
)
@guarded
def check(
    what: tuple[str, ...],
    watch: bool,
    as_graded: bool,
    as_json: bool,
    work: Path | None,
    annotations: str | None,
    **files: Path | None,
) -> None:
    """Run the public tests on your work.

    A unit, a function, a script or a notebook may be named, from any folder of the course. Without a name, in the folder of a
    unit: this unit; in the folder that holds them: a line for every unit, and what comes next. With --as-graded your code has
    what it has in the grading: no network, no other processes, no files but the course's data. Where this machine has no
    sandbox, that is refused.

    \b
    Examples:
      cnngrade check
      cnngrade check convolution
      cnngrade check conv2d
      cnngrade check convolution.ipynb --html report.html
      cnngrade check convolution --watch
      cnngrade check convolution --as-graded
      cnngrade check convolution --work ~/repository --junit report.xml
    """
    outputs = Outputs(**files, root=repository_root(os.environ))
    if not (what or watch or as_json or work or annotations or any(files.values())):
        sys.exit(_check_all_here(as_graded))
    if annotations and as_json:
        raise click.UsageError("--annotations are printed, and --json prints the report and nothing else: use one of them.")
    if watch:
        if as_json:
            raise click.UsageError("--watch prints for people: leave out --json.")
        if work or annotations or outputs.are_added:
            raise click.UsageError("--watch is for your own folder: leave out what is for CI.")
        reports = _watched(what, as_graded, outputs)
    elif annotations:
        reports = _annotated(what, as_graded, work, outputs)
    else:
        reports = _checked(what, as_graded, as_json, work=work)
        outputs.write(reports)
    sys.exit(exit_status(reports))


def _annotated(what: tuple[str, ...], as_graded: bool, work: Path | None, outputs: Outputs) -> list[Report]:
    """Check once and print each report where no command is looked for in it, and then the annotations; return the reports."""
    import secrets

    from cnngrade.report.annotations import annotations_of, github_commands, without_commands

    before, after = without_commands(secrets.token_hex(16))
    # If anything fails from here on, no command is looked for in what is said of that, either.
    say(before)
    reports = _checked(what, as_graded, as_json=False, work=work)
    outputs.write(reports)
    say(after)
    say(github_commands(annotations_of(reports, outputs.root)))
    return reports


def _checked(
    what: tuple[str, ...], as_graded: bool, as_json: bool, place: CourseFolder | None = None, work: Path | None = None
) -> list[Report]:
    """Check once, print each report as it comes, or all of them as JSON, and return them."""
    reports = []
    with LiveLine() as line:
        # To load all that is needed may take longer than it takes the line to appear.
        with loading():
            from cnngrade.jobs.check import check as job
            from cnngrade.jobs.targets import targets

        found = targets(what, Path.cwd(), place, work)
        for target in found:
            reports.append(job(target, as_graded, tell=telling(line, target.unit.name)))
            if not as_json:
                with line.aside():
                    _show(target, reports[-1])
    if as_json:
        from cnngrade.report.json import report_to_json

        documents = [report_to_json(report, for_students=True) for report in reports]
        say_json(documents[0] if len(found) == 1 else documents)
    return reports


def _watched(what: tuple[str, ...], as_graded: bool, outputs: Outputs) -> list[Report]:
    """Check until somebody has seen enough, and return the last report on each unit."""
    with LiveLine():
        from cnngrade.cli.watch import watch
        from cnngrade.jobs.watch import Run, Watch

        watched = Watch(what, Path.cwd(), as_graded)

    def show(run: Run) -> None:
        _show(run.target, run.report)
        outputs.write(watched.reports())

    watch(watched, show)
    return watched.reports()


def _check_all_here(as_graded: bool) -> ExitCode:
    """Check the only unit that is here, or print how far each of several is, and return the exit code."""
    with LiveLine() as line:
        with loading():
            from cnngrade.course.folder import course_folder
            from cnngrade.jobs.overview import has_overview, overview

        place = course_folder(Path.cwd())
        units = list(overview(place, lambda unit: telling(line, unit.name), as_graded)) if has_overview(place) else []
    if not units:
        return exit_status(_checked((), as_graded, False, place))
    from cnngrade.report.overview import UnitState, overview_as_text

    width, encoding = _console()
    say(overview_as_text(place.course.title, units, wants_colour(), width, encoding), styled=True)
    status = exit_status(entry.report for entry in units if entry.report is not None)
    is_open = any(entry.state in (UnitState.NOT_BEGUN, UnitState.NOT_READABLE) for entry in units)
    return ExitCode.NOT_PASSED if status is ExitCode.DONE and is_open else status


def _console() -> tuple[int, str]:
    """Return how many columns are written, and the encoding of what can be shown."""
    import shutil

    return min(shutil.get_terminal_size((100, 20)).columns, 120), getattr(sys.stdout, "encoding", None) or "utf-8"


def _show(target: Target, report: Report) -> None:
    from cnngrade.jobs.targets import lesson_headings
    from cnngrade.report.terminal import report_as_text

    width, encoding = _console()
    text = report_as_text(report, colour=wants_colour(), width=width, encoding=encoding, headings=lesson_headings(target))
    say(text, styled=True)


def _one_target(what: str | None) -> Target:
    """Return the target of a command on one unit; in a folder of one unit it need not be named."""
    from cnngrade.jobs.targets import targets

    found = targets((what,) if what else (), Path.cwd())
    if len(found) > 1:
        raise UsageError(f"Say which unit: {', '.join(target.unit.name for target in found)}.")
    return found[0]


@click.command()
@click.argument("what", metavar="[UNIT|FUNCTION|FILE]", required=False, shell_complete=completion.work)
@click.argument("function", required=False, shell_complete=completion.functions)
@click.option("--again", is_flag=True, help="Show the hints given before as well.")
@guarded
def hint(what: str | None, function: str | None, again: bool) -> None:
    """Give the next hint that fits what failed.

    Checks your work, takes what to do next (in FUNCTION, if you name one), and gives the next hint about it: about the mistake
    or the test, where there is something to say, then a nudge, an approach and a plan for the function. Which ones were given
    is kept in .cnngrade-hints.json beside your work. In a folder of one unit, UNIT may be left out. Where no known mistake
    explains what is wrong, it looks for the line for up to 10 seconds.

    \b
    Examples:
      cnngrade hint convolution
      cnngrade hint convolution conv2d
      cnngrade hint convolution --again
    """
    with LiveLine() as line:
        from cnngrade.jobs import hint as job

        target = _one_target(what)
        found = job.next_hint(target, function, telling(line, target.unit.name))
    if found is None:
        say("Nothing failed, so there is no hint to give.")
        return
    say(job.hint_as_text(found, again))
    sys.exit(ExitCode.NOT_PASSED)


@click.command()
@click.argument("what", metavar="[UNIT|FUNCTION|FILE]", required=False, shell_complete=completion.work)
@click.argument("functions", nargs=-1, metavar="[FUNCTION]...", shell_complete=completion.functions)
@click.option("--text", is_flag=True, help="Draw in the terminal, and write no files.")
@click.option("--play", is_flag=True, help="Go through the numbers of your functions' answers, on the unit's page.")
@click.option("--browser/--no-browser", default=True, help="With --play: open the page in a browser, or only say where it is.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("pictures"),
    show_default=True,
    help="Where files go.",
)
@guarded
def show(what: str | None, functions: tuple[str, ...], text: bool, play: bool, browser: bool, out: Path) -> None:
    """Draw the pictures of your functions beside the expected ones.

    With matplotlib: a page UNIT.html and a PNG for each picture, in the folder pictures. Without it, or with --text: in the
    terminal, in colour or in block characters where it has them. In a folder of one unit, UNIT may be left out. A picture does
    not show every mistake, so the public tests of its function run as well. The exit code is 0 when all pictures are as
    expected and these tests find nothing wrong.

    With --play: a page UNIT.play.html there, the unit's page with what your functions answer to a few small calls. You see your
    numbers beside the expected ones, the first wrong one is marked, and the page says how the right one comes about.

    \b
    Examples:
      cnngrade show convolution
      cnngrade show convolution conv2d --text
      cnngrade show convolution --play
      cnngrade show convolution --out /tmp/pictures
    """
    import shutil

    if play and text:
        raise click.UsageError("--play fills a page, and --text draws in the terminal: use one of them.")
    with LiveLine() as line:
        from cnngrade.jobs import show as job
        from cnngrade.pictures.ink import best_ink
        from cnngrade.pictures.matplotlib import can_draw
        from cnngrade.pictures.terminal import comparisons_as_text, remark_as_text

        target = _one_target(what)
        if not play:
            line.say(f"{target.unit.name}: drawing its pictures")
            found = job.show(target, functions)
    if play:
        _play(target, functions, out, browser)
        return
    if not found:
        say(f"{target.unit.name} has no pictures{' of ' + ', '.join(functions) if functions else ''}.")
        return
    if text or not can_draw():
        width = min(shutil.get_terminal_size((100, 20)).columns, 140)
        ink = best_ink(getattr(sys.stdout, "encoding", None) or "utf-8", wants_colour(), os.environ)
        say(comparisons_as_text(found, width, ink), styled=True)
        if not text:
            note("For pictures as PNG and on a page: pip install matplotlib")
    else:
        for comparison in found:
            say(remark_as_text(comparison))
        for path in job.write_pictures(target.unit.title, target.unit, found, out):
            note(f"Written: {path}")
    sys.exit(ExitCode.DONE if all(comparison.right for comparison in found) else ExitCode.NOT_PASSED)


def _play(target: Target, functions: tuple[str, ...], out: Path, browser: bool) -> None:
    from cnngrade.cli.browser import show_page
    from cnngrade.course import paths
    from cnngrade.jobs import play as job

    with LiveLine(f"{target.unit.name}: calling the functions"):
        found = job.play_back(target, functions)
    page = job.page_with(target.course, target.unit, target.path.name, found)
    for entry in found:
        say(f"{entry.play.function}: {entry.play.caption}\n  {entry.remark()}")
    path = out / paths.PLAY_PAGE.format(target.unit.name)
    write_file(path, page)
    show_page(path, browser)
    sys.exit(ExitCode.DONE if all(entry.is_same for entry in found) else ExitCode.NOT_PASSED)


@click.command()
@click.argument("what", metavar="[UNIT|FUNCTION]", required=False, shell_complete=completion.work)
@click.option("--browser/--no-browser", default=True, help="Open the page in a browser, or only say where it is.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("pictures"),
    show_default=True,
    help="In the instructor's course: where the page goes.",
)
@guarded
def explore(what: str | None, browser: bool, out: Path) -> None:
    """Open the interactive page: filters slide, maps light up.

    The page is one file, and needs no network. In the unit's folder it is UNIT.explore.html, which you can also open by hand.
    In a folder of one unit, UNIT may be left out. The name of a function or of your file stands for its unit.

    \b
    Examples:
      cnngrade explore convolution
      cnngrade explore --no-browser
    """
    from cnngrade.cli.browser import show_page
    from cnngrade.course import paths
    from cnngrade.jobs import explore as job

    course, unit, _ = job.unit_named(what, Path.cwd())
    text = job.page_of(course, unit)
    path = paths.explore_page(course, unit.name)
    if not course.handout:
        path = out / paths.EXPLORE_PAGE.format(unit.name)
        write_file(path, text)
    show_page(path, browser)
