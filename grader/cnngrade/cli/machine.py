"""The commands about this machine: doctor, demo."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from cnngrade.cli.console import guarded, instructors_course, say, say_json
from cnngrade.cli.live_line import LiveLine
from cnngrade.errors import ExitCode


@click.command()
@click.option("--all", "everything", is_flag=True, help="Look at what a grading needs as well.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@guarded
def doctor(everything: bool, as_json: bool) -> None:
    """What this machine can do, and what is missing.

    In a released folder, and outside of any course, it looks at what concerns a student, and in the instructor's course at
    everything. The exit code is 1 where something is missing without which nothing can be checked.

    \b
    Examples:
      cnngrade doctor
      cnngrade doctor --all
    """
    from cnngrade.jobs.doctor import examine

    with LiveLine("looking around"):
        findings = examine(Path.cwd(), everything)
    missing = [finding.subject for finding in findings if finding.needed and not finding.good]
    if as_json:
        say_json([finding.as_dict() for finding in findings])
    else:
        width = min(shutil.get_terminal_size((100, 20)).columns, 120)
        for finding in findings:
            say(finding.as_text(width))
        say()
        without = f"Missing: {', '.join(missing)}. Nothing can be checked until that is there."
        say(without if missing else "All that a check needs is here.")
    sys.exit(ExitCode.NOT_PASSED if missing else ExitCode.DONE)


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
