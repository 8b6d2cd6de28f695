"""The one folder that students of a course get: all released units, the command itself, and how to begin; and a zip of it.

nbgrader's own release of each unit stays beside it, and is what the unit's folder in it is copied from. Nobody works in the
folder that is made here: it is made anew with every release, and students have copies.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnngrade.course import paths
from cnngrade.course.dates import shown_time
from cnngrade.course.document import as_json
from cnngrade.course.yaml_lines import FILE
from cnngrade.errors import Fault
from cnngrade.files import USUAL, replace_folder, write_bytes_atomically, zip_of
from cnngrade.jobs.release import Released, release
from cnngrade.jobs.roster import enter_roster, roster_of
from cnngrade.jobs.wheel import wheel, wheel_name
from cnngrade.model import Course, Unit
from cnngrade.report.words import points_text


@dataclass(frozen=True, slots=True)
class HandedOut:
    """The course's folder and the zip of it, with the units that it holds and those that are not released yet."""

    folder: Path
    archive: Path
    units: tuple[Unit, ...]
    missing: tuple[Unit, ...]


def release_units(
    course: Course, units: Sequence[Unit], on_step: Callable[[Unit, str], None], on_release: Callable[[Released], None]
) -> HandedOut:
    """Prove the units and release them through nbgrader, one after the other, and make the course's folder anew.

    Raises what `release` raises, UsageError where no wheel of cnngrade can be made or the roster cannot be used, and Fault.
    """
    # What is missing for it is said before a proof that takes minutes.
    data = wheel()
    people = roster_of(course)
    for unit in units:
        on_release(release(course, unit, on_step))
    enter_roster(course, people)
    return make_handout(course, data)


def make_handout(course: Course, wheel_data: bytes) -> HandedOut:
    """Make the course's folder of the units that are released, and the zip of it, in the place of the former ones.

    `wheel_data` is the content of cnngrade's wheel. Raises Fault where they cannot be written.
    """
    released = [unit for unit in course.units if (paths.release_folder(course, unit.name) / FILE).is_file()]
    folder, archive = paths.handout_folder(course), paths.handout_zip(course)
    ignored = shutil.ignore_patterns("__pycache__", ".*")
    try:
        with replace_folder(folder) as draft:
            for unit in released:
                shutil.copytree(paths.release_folder(course, unit.name), draft / unit.name, ignore=ignored)
            (draft / wheel_name()).write_bytes(wheel_data)
            (draft / FILE).write_text(_overview(course), encoding="utf-8")
            (draft / "README.md").write_text(_readme(course, released), encoding="utf-8")
    except OSError as error:
        raise Fault(f"{folder} cannot be written: {error.strerror or error}. Make room or fix the permissions.") from error
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    whole = {f"{folder.name}/{path.relative_to(folder).as_posix()}": path.read_bytes() for path in files}
    write_bytes_atomically(archive, zip_of(whole), USUAL)
    return HandedOut(folder, archive, tuple(released), tuple(unit for unit in course.units if unit not in released))


def _overview(course: Course) -> str:
    """Return a course.yml that lists all units, those that are handed out later among them; each has one of its own."""
    units: list[dict[str, Any]] = []
    for unit in course.units:
        units.append({"name": unit.name, "title": unit.title, "points": unit.points, "prose": unit.prose_points})
        units[-1] |= {"functions": list(unit.functions)}
        units[-1] |= {"due": unit.due.isoformat()} if unit.due else {}
    document: dict[str, Any] = {"name": course.name, "title": course.title, "handout": True, "overview": True}
    document |= {"policy": {"packages": list(course.policy.packages)}, "units": units}
    head = f"# {course.title}\n# Made by `cnngrade release` for `cnngrade check`. Do not edit anything here.\n"
    return as_json(head, document)


_README = """\
# {title}

Everything is in this folder: the units, each as a notebook and as a script, and the command that checks them. You need Python
3.11 or newer. Once, in this folder, while you have the internet:

    python3 -m venv .venv                  on Windows: py -m venv .venv
    source .venv/bin/activate              on Windows: .venv\\Scripts\\activate
    python -m pip install "./{wheel}[pictures]" {packages}

Whenever you work, give the second of these commands first. Then, in this folder or in that of a unit:

    jupyter lab                     open a unit's notebook, {first}/{first}.ipynb, or its script in an editor
    cnngrade check                  how far you are, and what comes next
    {check:<32}which tests of a unit pass, and what is wrong where one does not
    {hint:<32}the next hint that fits
    {show:<32}your pictures beside the expected ones
{explore}
Hand in the file of the unit that you worked in.

| unit | what it is about | points |{due}
|------|------------------|-------:|{rule}
{rows}

A later zip of this course holds the units as they were before you wrote anything: unpack it somewhere else, and move from it
only the folders that you do not have yet.
"""


def _readme(course: Course, released: Sequence[Unit]) -> str:
    """Return what a student reads first: how to install the command, open a unit and check it, and what there is."""
    shown = released or course.units
    dated = any(unit.due for unit in shown)
    rows = []
    for unit in shown:
        due = f" {shown_time(unit.due)} |" if unit.due else " |" if dated else ""
        title = unit.title.replace("|", r"\|")
        rows.append(f"| [{unit.name}]({unit.name}/README.md) | {title} | {points_text(unit.points)} |{due}")
    has_page = paths.explore_source(course, shown[0].name).is_file()
    # NumPy comes with cnngrade.
    packages = [name for name in course.policy.packages if name != "numpy"]
    return _README.format(
        title=course.title,
        wheel=wheel_name(),
        packages=" ".join([*packages, "jupyterlab"]),
        first=shown[0].name,
        check=f"cnngrade check {shown[0].name} ",
        hint=f"cnngrade hint {shown[0].name} ",
        show=f"cnngrade show {shown[0].name} ",
        explore=f"    {f'cnngrade explore {shown[0].name} ':<32}an interactive page\n" if has_page else "",
        due=" due |" if dated else "",
        rule="-----|" if dated else "",
        rows="\n".join(rows),
    )
