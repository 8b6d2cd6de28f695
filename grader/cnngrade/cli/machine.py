"""The commands about this machine: doctor, demo."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cnngrade.cli.console import guarded, instructors_course, say, say_json
from cnngrade.errors import ExitCode


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@guarded
def doctor(as_json: bool) -> None:
    """What this machine can do, and what is missing.

    \b
    Example:
      cnngrade doctor
    """
    from cnngrade.jobs.doctor import examine

    findings = examine(Path.cwd())
    if as_json:
        say_json([finding.as_dict() for finding in findings])
    else:
        for finding in findings:
            say(finding.as_text())
    sys.exit(ExitCode.DONE if all(finding.good or not finding.needed for finding in findings) else ExitCode.NOT_PASSED)


@click.command()
@click.option(
    "--class",
    "book",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Whose work to grade; grader/demo/class.yml if left out.",
)
@click.option(
    "--to", "target", type=click.Path(path_type=Path), default=Path("demo"), show_default=True, help="Where to put it all."
)
@guarded
def demo(book: Path | None, target: Path) -> None:
    """A small class, end to end, on this machine: release, collect, grade, feedback.

    Works on a copy of the course in a folder of its own, made again each time; the course's own classroom is left alone.

    \b
    Examples:
      cnngrade demo
      cnngrade demo --to ~/first-look
    """
    from cnngrade.jobs.demo import run_demo

    course = instructors_course()
    run_demo(course, book or course.root / "grader" / "demo" / "class.yml", target, say)
