"""The command `similar`."""

from __future__ import annotations

from pathlib import Path

import click

from cnngrade.cli import completion
from cnngrade.cli.console import guarded, instructors_course, say, say_json, wanted_units, write_file
from cnngrade.cli.live_line import LiveLine


@click.command()
@click.argument("unit", shell_complete=completion.units)
@click.option(
    "--html", "page", type=click.Path(path_type=Path), metavar="FILE", help="Also write a page with the texts side by side."
)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON, and nothing else, on standard output.")
@click.option(
    "--threshold",
    type=click.IntRange(1, 100),
    metavar="PERCENT",
    help="Show what is alike by at least this much; 65 if left out.",
)
@click.option(
    "--most", type=click.IntRange(1, 1000), metavar="N", help="Show at most so many pairs and groups; 20 if left out."
)
@click.option(
    "--also",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Compare with the scripts and notebooks in this folder, too: last year's class, say.",
)
@guarded
def similar(unit: str, page: Path | None, as_json: bool, threshold: int | None, most: int | None, also: Path | None) -> None:
    """Show which submissions for UNIT are suspiciously alike.

    A hint for a person who then reads both texts, never a verdict: no points, no report and no feedback depend on it. Names,
    layout, comments and the order of definitions do not matter. What was handed out, the course's own solutions and ways of
    writing that many in the class have do not count. Nothing that students wrote is run.

    \b
    Examples:
      cnngrade similar convolution
      cnngrade similar convolution --html alike.html
      cnngrade similar convolution --threshold 80 --most 5
      cnngrade similar convolution --also ~/2025/classroom/submitted
    """
    from cnngrade.jobs import similar as job

    course = instructors_course()
    (wanted,) = wanted_units(course, [unit])
    with LiveLine(f"{wanted.name}: reading") as line:
        found = job.similar(
            course,
            wanted,
            threshold / 100 if threshold else job.THRESHOLD,
            most or job.MOST_GROUPS,
            also.absolute() if also else None,
            lambda doing: line.say(f"{wanted.name}: {doing}"),
        )
    if page:
        from cnngrade.similarity.page import alike_as_page

        write_file(page, alike_as_page(found))
    if as_json:
        from cnngrade.similarity.as_json import alike_to_json

        say_json(alike_to_json(found))
        return
    from cnngrade.similarity.text import alike_lines

    for text in alike_lines(found):
        say(text)
