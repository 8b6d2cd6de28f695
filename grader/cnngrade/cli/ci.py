"""The commands that take the engine to other people's platforms: ci, and ci-grade, which runs there."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from cnngrade.cli import completion
from cnngrade.cli.console import guarded, instructors_course, note, say, wanted_units
from cnngrade.errors import ExitCode
from cnngrade.safe_text import visible_name


def _targets(_: click.Context, __: click.Parameter, typed: str) -> list[CompletionItem]:
    """Complete a target."""
    from cnngrade.ci.targets import NAMES

    return [CompletionItem(name) for name in NAMES if name.startswith(typed)]


@click.command()
@click.argument("target", shell_complete=_targets)
@click.argument("units", nargs=-1, metavar="[UNIT]...", shell_complete=completion.units)
@click.option("--all", "everything", is_flag=True, help="Every unit of the course.")
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Where to write it; classroom/ci/TARGET if left out.",
)
@click.option(
    "--image",
    default="",
    metavar="NAME",
    help="What the container's image is called where it is fetched from, for prairielearn and docker.",
)
@guarded
def ci(target: str, units: tuple[str, ...], everything: bool, to: Path | None, image: str) -> None:
    """Write what another platform needs to check or to grade by itself.

    \b
    TARGET is one of:
      gradescope    an autograder, hidden tests included: a zip for each unit
      prairielearn  questions, hidden tests included, and the image that grades them
      github        workflows that check students' repositories, and grade them
      gitlab        the same as pipelines
      classroom50   the autograder of a Classroom 50 assignment
      docker        a grading machine as a container

    Only what cnngrade has written itself, and nobody has changed, is written anew.

    \b
    Examples:
      cnngrade ci gradescope convolution
      cnngrade ci github convolution --to ~/class
      cnngrade ci prairielearn --all --image ada/cnngrade-grader
      cnngrade ci docker --to ~/grading-machine
    """
    from cnngrade.jobs.ci import write_bundles

    if everything and units:
        raise click.UsageError("Name the units, or give --all for every one of them.")
    course = instructors_course()
    wanted = wanted_units(course, units) if units or everything else []
    for written in write_bundles(course, target, wanted, to, image):
        say(f"Written: {visible_name(str(written.place))}")
        for line in written.notes:
            say(f"  {line}")


@click.command("ci-grade", hidden=True)
@click.argument("target", shell_complete=_targets)
@click.option("--rehearse", "is_rehearsal", is_flag=True, help="Judge the handout, to see whether grading works here.")
@guarded
def ci_grade(target: str, is_rehearsal: bool) -> None:
    """Grade one submission on a platform's own machine; what `cnngrade ci` has written calls this.

    The exit code is 0 if the platform finds results, which may say that there is no score.

    \b
    Example:
      cnngrade ci-grade gradescope
    """
    from cnngrade.jobs.ci_grade import grade_there, rehearse
    from cnngrade.report.terminal import report_as_text, summary_line

    if is_rehearsal:
        report = rehearse(target)
        confined = ", ".join(layer.name for layer in report.layers if layer.active)
        say(f"Grading works here. The handout as it is: {summary_line(report)}. Confined by: {confined}.")
        return
    done = grade_there(target)
    if done.report is not None and done.for_staff:
        say(report_as_text(done.report, colour=False, staff=True), styled=True)
    if done.error is not None:
        note(f"Not graded: {done.error}")
        sys.exit(ExitCode.DONE if done.has_results else done.error.exit_code)
