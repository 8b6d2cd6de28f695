"""The command that writes marks for learning platforms."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from cnngrade.cli import completion
from cnngrade.cli.console import guarded, instructors_course, say, wanted_units
from cnngrade.errors import ExitCode
from cnngrade.model import Unit

_PLATFORMS = ("canvas", "moodle", "blackboard", "brightspace", "gradescope", "csv")
_MOST_DECIMALS = 6


@click.command()
@click.argument("units", nargs=-1, metavar="UNIT...", shell_complete=completion.units)
@click.option("--all", "everything", is_flag=True, help="Export every unit that was released.")
@click.option("--to", required=True, type=click.Choice(_PLATFORMS), help="For which platform; csv is a table for people.")
@click.option(
    "--into",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The file that the platform hands out: the marks go into a copy of it.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Where the file goes; into classroom/exports if left out."
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="[UNIT=]NAME",
    help="The column for a unit, by its header, title or number; the one that bears the unit's title if left out.",
)
@click.option("--scale", is_flag=True, help="Multiply marks where a unit has other points on the platform.")
@click.option(
    "--decimals", type=click.IntRange(0, _MOST_DECIMALS), default=2, show_default=True, help="At most so many; halves go up."
)
@click.option("--provisional", is_flag=True, help="Give out the points so far of work that waits for a person.")
@click.option(
    "--missing",
    type=click.Choice(["leave", "zero"]),
    default="leave",
    show_default=True,
    help="What becomes of those who handed in nothing and have no time left.",
)
@click.option("--overrule", is_flag=True, help="Write over a word in place of a mark, too, such as EX.")
@click.option("--force", is_flag=True, help="Write over a file that is there, the download included.")
@click.option("--dry-run", is_flag=True, help="Say what would be exported, and write nothing.")
@guarded
def export(
    units: tuple[str, ...],
    everything: bool,
    to: str,
    into: Path | None,
    output: Path | None,
    columns: tuple[str, ...],
    scale: bool,
    decimals: int,
    provisional: bool,
    missing: str,
    overrule: bool,
    force: bool,
    dry_run: bool,
) -> None:
    """Write marks for a learning platform, from the gradebook.

    Canvas, Moodle, Blackboard and Brightspace take in the file that they hand out: download it, give it with --into, and upload
    what is written. Marks are what counts, after a late penalty and with what persons gave. Whoever waits for a person, has no
    score or handed in nothing keeps what the file says, and is named. Nobody is found by name alone: ids, logins and addresses
    count, as the roster has them.

    The exit code is 0, or 1 if the file has lines of which it cannot be told whose they are, or a mark has no line in it.

    \b
    Examples:
      cnngrade export convolution --to canvas --into ~/Downloads/2026-grades.csv
      cnngrade export convolution --to moodle --into worksheet.csv --scale
      cnngrade export padding pooling --to canvas --into grades.csv --column "padding=Unit 2 (4314281)"
      cnngrade export --all --to csv
    """
    from cnngrade.classroom.to_platforms.unit_mark import Counted
    from cnngrade.jobs.export import ExportWish, export_marks
    from cnngrade.jobs.export_lines import exported_lines

    if everything == bool(units):
        raise click.UsageError("Name the units, or give --all for every one of them.")
    course = instructors_course()
    wanted = wanted_units(course, dict.fromkeys(units))
    counted = Counted(provisional, missing == "zero")
    named = _named_columns(wanted, columns)
    wish = ExportWish(to, into, output, named, counted, decimals, scale, overrule, force, dry_run)
    done = export_marks(course, wanted, wish, skip_unreleased=everything)
    for line in exported_lines(done, wish):
        say(line)
    sys.exit(ExitCode.NOT_PASSED if done.misses_somebody else ExitCode.DONE)


def _named_columns(units: Sequence[Unit], said: Sequence[str]) -> Mapping[str, str]:
    """Return the columns that a person names, by unit; without UNIT= it is that of the only unit."""
    names = {unit.name for unit in units}
    found: dict[str, str] = {}
    for each in said:
        unit, sign, column = each.partition("=")
        if sign and unit.strip() in names:
            name, column = unit.strip(), column.strip()
        elif len(names) == 1:
            name, column = next(iter(names)), each.strip()
        else:
            raise click.UsageError(f"Say of which unit {each} is the column: --column {next(iter(sorted(names)))}={each}")
        if name in found or not column:
            raise click.UsageError(f"--column names one column of {name}, and no other.")
        found[name] = column
    return found
