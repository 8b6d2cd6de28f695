"""The commands that keep the roster: import, show."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cnngrade.cli.console import guarded, instructors_course, say
from cnngrade.errors import ExitCode
from cnngrade.safe_text import visible_name

if TYPE_CHECKING:
    from cnngrade.jobs.roster import ImportedRoster

_MOST_NAMED = 20


@click.group()
def roster() -> None:
    """Keep the list of who takes part.

    The roster says under which id each platform knows somebody, so that what a platform hands out arrives under the right
    person.

    \b
    Examples:
      cnngrade roster import ~/Downloads/2026-grades.csv
      cnngrade roster show
    """


@roster.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--from",
    "form",
    type=click.Choice(["canvas", "moodle", "gradescope", "github", "plain"]),
    help="Which platform's list it is; told from its columns if left out.",
)
@click.option("--dry-run", is_flag=True, help="Show what would happen, and write nothing.")
@guarded
def import_(file: Path, form: str | None, dry_run: bool) -> None:
    """Bring a list of people into the course's roster, classroom/roster.csv.

    FILE is what a platform exports as CSV: Canvas's gradebook; Moodle's participants, or an assignment's grading worksheet, for
    the numbers in its archive; Gradescope's roster or grades; GitHub Classroom's roster; or a table of your own with the
    columns id, first_name, last_name and email. Who is in the roster keeps what it holds and gets what is lacking. A line that
    may be two people's is refused by name. Names and addresses are entered into nbgrader's gradebook as well.

    \b
    Examples:
      cnngrade roster import ~/Downloads/2026-grades.csv --dry-run
      cnngrade roster import ~/Downloads/worksheet.csv --from moodle
    """
    from cnngrade.course import paths
    from cnngrade.jobs.roster import import_roster

    course = instructors_course()
    done = import_roster(course, file, form or "", dry_run=dry_run)
    refused = _told(done)
    say(f"{'Nothing was written: this is what would happen to' if dry_run else 'The roster is'} {paths.roster(course)}")
    sys.exit(ExitCode.NOT_PASSED if refused else ExitCode.DONE)


def _named(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return visible_name(", ".join(names[:_MOST_NAMED])) + more


def _told(done: ImportedRoster) -> int:
    """Tell what importing a list did, and return how many of its lines were refused."""
    from cnngrade.classroom.roster_merge import RosterChange

    merged = done.merged
    if done.is_guessed:
        say("The list is not in UTF-8: it was read as Windows-1252. If names look wrong, save it as CSV (UTF-8).")
    # In a class of hundreds the last lines are seen: those that ask for something.
    for taken in sorted(merged.taken, key=lambda each: list(RosterChange).index(each.step)):
        if taken.step is not RosterChange.SAME or taken.told:
            told = f": {taken.told}" if taken.told else ""
            say(visible_name(f"  {taken.step.value:9} {taken.student or f'line {taken.line}':20} {taken.name}{told}"))
    for line, reason in done.listing.passed_over.items():
        say(visible_name(f"  left      line {line}: {reason}"))
    counts = {step: sum(taken.step is step for taken in merged.taken) for step in RosterChange}
    said = ", ".join(
        f"{counts[step]} {step.value}" for step in (RosterChange.ADDED, RosterChange.CHANGED, RosterChange.REFUSED)
    )
    say(f"{done.listing.title}: {len(merged.taken)} people, {said}, {counts[RosterChange.SAME]} as they were.")
    if merged.absent:
        say(f"In the roster and not in the list: {_named([str(each) for each in merged.absent])}.")
    if done.entered is not None:
        if done.entered.others:
            say(f"In the gradebook and not in the roster: {_named(list(done.entered.others))}. They stay there.")
        if done.entered.spelled:
            say(f"The gradebook has these ids in another case, and keeps them: {_named(list(done.entered.spelled))}.")
    return counts[RosterChange.REFUSED]


@roster.command()
@guarded
def show() -> None:
    """List everybody in the roster, with the ids that platforms know them by.

    \b
    Example:
      cnngrade roster show
    """
    from cnngrade.jobs.roster import roster_of

    people = roster_of(instructors_course()).participants
    for each in people:
        ids = "  ".join(f"{platform} {' '.join(given)}" for platform, given in each.ids.items())
        say(visible_name(f"  {each.id:20} {each.name:30} {each.email:30} {ids}").rstrip())
    say(f"{len(people)} {'person' if len(people) == 1 else 'people'} in the roster.")
    if not people:
        say("Begin with a list that a platform exports: cnngrade roster import FILE")
