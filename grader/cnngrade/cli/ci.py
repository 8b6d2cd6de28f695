"""The command that takes the engine to other people's platforms: ci."""

from __future__ import annotations

from pathlib import Path

import click
from click.shell_completion import CompletionItem

from cnngrade.cli import completion
from cnngrade.cli.console import guarded, instructors_course, say, wanted_units
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
@guarded
def ci(target: str, units: tuple[str, ...], everything: bool, to: Path | None) -> None:
    """Write what another platform needs to grade by itself.

    TARGET is docker (a grading machine as a container). Only what cnngrade has written itself, and nobody has changed, is
    written anew.

    \b
    Examples:
      cnngrade ci docker
      cnngrade ci docker --to ~/grading-machine
    """
    from cnngrade.jobs.ci import write_bundles

    if everything and units:
        raise click.UsageError("Name the units, or give --all for every one of them.")
    course = instructors_course()
    wanted = wanted_units(course, units) if units or everything else []
    for written in write_bundles(course, target, wanted, to):
        say(f"Written: {visible_name(str(written.place))}")
        for line in written.notes:
            say(f"  {line}")
