"""The commands for authors of a course: new, verify, calibrate."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cnngrade.cli import completion
from cnngrade.cli.console import guarded, instructors_course, say, say_json, wanted_units
from cnngrade.cli.live_line import told_steps
from cnngrade.errors import ExitCode


@click.command()
@click.argument("words", nargs=-1, metavar="[UNIT | mistake UNIT GROUP]", shell_complete=completion.unit_of_a_mistake)
@click.option("--course", "whole_course", is_flag=True, help="Write a course of one unit into this folder.")
@click.option(
    "--title", help="The unit's title, with --course the course's; the name of the unit or of the folder if left out."
)
@click.option("--points", type=float, default=10, show_default=True, help="What the unit is worth, with 1 for the prose.")
@guarded
def new(words: tuple[str, ...], whole_course: bool, title: str | None, points: float) -> None:
    """Write the files of a new unit, of a new course, or the frame of a known mistake.

    What is written is sound at once: a small unit that you make your own, a part at a time, with `cnngrade verify` after each.
    For a unit that course.yml lists already, the files that are missing are written, with its functions in them. A new course
    goes into the folder that you are in; its first unit is called basics unless you name it. A new unit gets its entry in
    course.yml as well.

    `new mistake UNIT GROUP` writes a file from a group of wrong answers that nobody has named, as `cnngrade report UNIT` shows
    them: the shortest code that answers so, and a line for the sentence that explains it. Once that is written, the next
    `cnngrade grade` tells it to everybody in the group. So no unit can be called mistake.

    \b
    Examples:
      cnngrade new --course --title "Data structures"
      cnngrade new --course stacks --title "Data structures" --points 12
      cnngrade new segmentation --title "Segmentation: a class for every pixel" --points 12
      cnngrade new mistake convolution conv2d-3f9a1
    """
    from cnngrade.course.scaffold import new_course, new_unit

    if words[:1] == ("mistake",):
        _new_mistake(words[1:], is_alone=not whole_course and title is None)
        return
    if len(words) > 1:
        raise click.UsageError(f"Name one unit: cnngrade new {words[0]}")
    unit = words[0] if words else None
    if whole_course:
        unit, here = unit or "basics", Path.cwd()
        written = new_course(here, title or here.name, unit, points)
    elif unit:
        written = new_unit(instructors_course(unfinished=True), unit, title or unit, points)
    else:
        raise click.UsageError("Name the unit (cnngrade new UNIT), or write a course into this folder (cnngrade new --course).")
    for path in written:
        say(f"  {path}")
    say(f"Write the lesson, the solution and the tests; then prove them: cnngrade verify {unit}")


def _new_mistake(words: tuple[str, ...], is_alone: bool) -> None:
    from cnngrade.jobs.new_mistake import new_mistake

    if len(words) != 2 or not is_alone:
        raise click.UsageError("Name the unit and the group: cnngrade new mistake UNIT GROUP")
    course = instructors_course()
    (unit,) = wanted_units(course, words[:1])
    path = new_mistake(course, unit, words[1])
    say(f"  {path}")
    say(f"Write its sentence; then prove it, and grade again: cnngrade verify {unit.name}; cnngrade grade {unit.name}")


@click.command()
@click.argument("units", nargs=-1, metavar="[UNIT]...", shell_complete=completion.units)
@click.option("--mistakes/--no-mistakes", default=True, help="Print the table of known mistakes.")
@click.option("--json", "as_json", is_flag=True, help="Print the proofs as JSON, and nothing else, on standard output.")
@guarded
def verify(units: tuple[str, ...], mistakes: bool, as_json: bool) -> None:
    """Is the course sound?

    Proves for each unit that the stub earns nothing, the solution everything within its time budgets, that every known mistake
    is caught, that gates ask for the plain idea alone, that the limits of time budgets are between good and slow variants,
    that the examples hold, and that the public tests run without the solution. What is sound is noted in classroom/proofs, and
    a release rests on it until something changes.

    \b
    Examples:
      cnngrade verify
      cnngrade verify convolution --no-mistakes
    """
    from cnngrade.jobs.proof import proof_as_json, proof_as_text
    from cnngrade.jobs.verify import verify as job

    course = instructors_course()
    with told_steps() as tell:
        proofs = job(course, wanted_units(course, units), tell)
    if as_json:
        say_json([proof_as_json(proof) for proof in proofs])
    else:
        for proof in proofs:
            say(proof_as_text(proof, mistakes=mistakes))
    sys.exit(ExitCode.DONE if all(proof.sound for proof in proofs) else ExitCode.UNSOUND)


@click.command()
@click.argument("unit", shell_complete=completion.budgeted_units)
@click.option("--json", "as_json", is_flag=True, help="Print the ratios as JSON, and nothing else, on standard output.")
@guarded
def calibrate(unit: str, as_json: bool) -> None:
    """Where should the limit of a time budget be?

    Measures the unit's variants (autograde_tests/variants/UNIT.py: right ways to write a function, good ones and slow ones) as
    submissions are measured, draws them beside the limit in course.yml, and proposes the middle of the gap between the slowest
    good variant and the fastest slow one. Where loops are counted it also proposes up to which ratio they cost no points.
    Changes no file. The exit code is 0 when every limit keeps its distance, 1 when a limit must be moved or a variant gave no
    ratio, 3 when there is no gap for a limit.

    \b
    Examples:
      cnngrade calibrate convolution
      cnngrade calibrate convolution --json > ratios.json
    """
    import shutil

    from cnngrade.jobs.calibrate import calibrate as job
    from cnngrade.report.placement import placement_as_json, placement_as_text

    course = instructors_course()
    (wanted,) = wanted_units(course, [unit])
    with told_steps() as tell:
        found = job(course, wanted, lambda variant: tell(wanted, variant.name))
    if as_json:
        say_json([placement_as_json(placement) for placement in found])
    else:
        width = min(shutil.get_terminal_size((100, 20)).columns, 120)
        say("\n\n".join(placement_as_text(placement, width) for placement in found))
    if any(placement.proposed is None for placement in found):
        sys.exit(ExitCode.UNSOUND)
    sys.exit(ExitCode.NOT_PASSED if any(any(placement.problems()) for placement in found) else ExitCode.DONE)
