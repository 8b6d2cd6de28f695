"""The command that gives students more time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from cnngrade.cli import completion
from cnngrade.cli.console import guarded, instructors_course, note, say, wanted_units
from cnngrade.errors import UsageError
from cnngrade.model import Course, Unit

if TYPE_CHECKING:
    from cnngrade.jobs.extend import Extension


@click.command()
@click.argument("words", nargs=-1, metavar="[STUDENT]... UNIT", shell_complete=completion.students_and_units)
@click.option("--days", type=float, help="So many days more, by the clock of the course's zone; 0 takes an extension back.")
@click.option("--hours", type=float, help="So many hours more, besides the days if there are any.")
@click.option("--until", default="", metavar="DATE", help="Until then: 2026-03-12 (the end of that day) or 2026-03-12 18:00.")
@click.option("--list", "listed", is_flag=True, help="Show who has more time, for UNIT or for all units.")
@guarded
def extend(words: tuple[str, ...], days: float | None, hours: float | None, until: str, listed: bool) -> None:
    """Give students more time for UNIT.

    The time is counted from the unit's due date and replaces what a student had before. It may be given before anything is
    handed in, and counts when the work is graded; work that is graded already has to be graded again. Who is neither on the
    roster nor in the gradebook and handed in nothing is refused.

    \b
    Examples:
      cnngrade extend ada convolution --days 2
      cnngrade extend ada ben convolution --until 2026-03-12
      cnngrade extend ada convolution --days 0
      cnngrade extend convolution --list
    """
    course = instructors_course()
    given = bool(until) or days is not None or hours is not None
    *students, last = words or ("",)
    if listed or (last and not students and not given):
        _list(course, words, given)
        return
    if not given:
        raise click.UsageError("Say how much more time: --days, --hours or --until. --days 0 takes it back.")
    if until and (days is not None or hours is not None):
        raise click.UsageError("--until says everything: leave out --days and --hours.")
    if not students:
        raise click.UsageError("Name the students and then the unit: cnngrade extend STUDENT... UNIT --days 2")
    _extend(course, students, _unit_last(course, students, last), days or 0, hours or 0, until)


def _extend(course: Course, students: Sequence[str], unit: Unit, days: float, hours: float, until: str) -> None:
    from cnngrade.jobs.extend import extend as job
    from cnngrade.jobs.extend import extension_as_text, extension_time

    for extension in job(course, unit, students, extension_time(course, unit, days, hours, until)):
        say(extension_as_text(extension))
    if unit.due is None:
        note(f"{unit.name} has no due date in course.yml: nobody is late.")
    note(f"It counts when the work is graded: cnngrade grade {unit.name}")


def _unit_last(course: Course, students: Sequence[str], last: str) -> Unit:
    """Return the unit that was named last; raises UsageError, with a word on the order where another one names a unit."""
    try:
        return wanted_units(course, [last])[0]
    except UsageError:
        names = [unit.name for unit in course.units]
        if found := [word for word in students if word in names]:
            raise UsageError(f"The unit comes last: cnngrade extend {last} {found[0]} --days 2") from None
        raise


def _list(course: Course, words: Sequence[str], given: bool) -> None:
    from cnngrade.jobs.extend import extension_as_text, extensions

    if given or len(words) > 1:
        raise click.UsageError("--list goes with a unit, or with nothing else.")
    found: list[Extension] = []
    for unit in wanted_units(course, words):
        try:
            found += extensions(course, unit)
        except UsageError:
            # A unit that is not released yet has none, and is no reason not to show the others.
            if words:
                raise
    for extension in found:
        say(extension_as_text(extension))
    if not found:
        say("Nobody has more time.")
