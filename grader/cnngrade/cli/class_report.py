"""The command that shows the class at a glance: report."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from cnngrade.cli import completion
from cnngrade.cli.console import guarded, instructors_course, say, say_json, wanted_units, wants_colour, write_file


@click.command()
@click.argument("units", nargs=-1, metavar="UNIT...", shell_complete=completion.units)
@click.option("--all", "everything", is_flag=True, help="Every unit of which anything is graded, with a table of all units.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON, and nothing else, on standard output.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Also write one page, which needs nothing else.")
@click.option("--students", "everybody", is_flag=True, help="Name who made each mistake as well.")
@click.option("--anonymous", is_flag=True, help="Name nobody, so that the page can be shown to the class.")
@guarded
def report(
    units: tuple[str, ...], everything: bool, as_json: bool, html: Path | None, everybody: bool, anonymous: bool
) -> None:
    """Show what a class got wrong and why, from what `grade` left.

    First come the three things to talk about in the next lesson. Then scores; known mistakes by how many made them, and wrong
    answers without a name; how calls ended without an answer; time budgets; the hardest cases, and whether they tell good work
    from poor; who has not handed in, waits for a person or has no score; when work came in. Nothing is judged and no code of
    students runs: what has changed since the grading is named. Only those who need you are named, unless you say otherwise.

    \b
    Examples:
      cnngrade report convolution
      cnngrade report convolution --html convolution.html --anonymous
      cnngrade report convolution --students
      cnngrade report --all --json > class.json
    """
    from cnngrade.insight.naming import Naming
    from cnngrade.jobs.class_report import course_report

    if everything == bool(units):
        raise click.UsageError("Name the units, or give --all for every one of them.")
    if everybody and anonymous:
        raise click.UsageError("--students names everybody and --anonymous nobody: give one of them.")
    naming = Naming.EVERYBODY if everybody else Naming.NOBODY if anonymous else Naming.ATTENTION
    course = instructors_course()
    wanted = list({unit.name: unit for unit in wanted_units(course, units)}.values())
    found = course_report(course, wanted, naming=naming, graded_only=everything)
    if as_json:
        from cnngrade.insight.class_json import course_report_to_json

        say_json(course_report_to_json(found))
    else:
        from cnngrade.insight.class_text import course_report_as_text

        encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
        width = min(shutil.get_terminal_size((100, 24)).columns, 120)
        say(course_report_as_text(found, wants_colour(), width, encoding), styled=True)
    if html:
        from cnngrade.insight.class_page import course_report_as_page

        write_file(html, course_report_as_page(found))
