"""Package a unit for students: prove it, put together what may leave, and hand it to nbgrader.

A handout is made from an allowlist: the exercise, its data, the public tests with their recorded answers, hints, pictures, and
a course.yml of its own. Solutions, hidden tests, known mistakes and variants are never copied.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnngrade.course import paths
from cnngrade.course.dates import shown_time
from cnngrade.course.document import as_json
from cnngrade.errors import CourseError
from cnngrade.jobs.handout_data import data_files
from cnngrade.jobs.kept_proof import kept_proof
from cnngrade.jobs.proof import Proven
from cnngrade.jobs.record_answers import record_answers
from cnngrade.jobs.verify import verify
from cnngrade.jobs.wheel import wheel_name
from cnngrade.model import Case, Course, Unit
from cnngrade.pages.page import build_page
from cnngrade.pages.plays import record_plays
from cnngrade.pictures.draw import load_pictures, record_pictures
from cnngrade.sandbox.backends import require
from cnngrade.submission.choose import stub_digests
from cnngrade.submission.question import text_digests


@dataclass(frozen=True, slots=True)
class Released:
    """A released unit: the folder that students get, and what was proved of it."""

    unit: Unit
    folder: Path
    proven: Proven


def _handout_course(course: Course, unit: Unit, public_points: float) -> dict[str, Any]:
    policy = course.policy
    entry: dict[str, Any] = {"name": unit.name, "title": unit.title, "points": unit.points, "prose": unit.prose_points}
    entry |= {"public": public_points, "functions": list(unit.functions)}
    entry |= {"budgets": dict(unit.budgets)} if unit.budgets else {}
    entry |= {"may_loop_over": {name: list(axes) for name, axes in unit.may_loop_over.items()}} if unit.may_loop_over else {}
    entry |= {"loops_cost_beyond": dict(unit.loops_cost_beyond)} if unit.loops_cost_beyond else {}
    # With its offset: a student's machine may know no time zones.
    entry |= {"due": unit.due.isoformat()} if unit.due else {}
    return {
        "name": course.name,
        "title": course.title,
        "points": unit.points,
        "handout": True,
        "stub_digests": {unit.name: list(stub_digests(course, unit))},
        "text_digests": {unit.name: list(text_digests(course, unit))},
        "policy": {
            "import_seconds": policy.import_seconds,
            "call_seconds": policy.call_seconds,
            "wall_factor": policy.wall_factor,
            "memory_mib": policy.memory_mib,
            "packages": list(policy.packages),
        },
        "units": [entry],
    }


_README = """\
# {title}

{course}

What to write: {functions}.

Work in `{name}.ipynb` in Jupyter or in `{name}.py` in an editor, whichever you like. In this folder, as often as you like:

    cnngrade check      which tests pass, and what is wrong where one does not
    cnngrade hint       the next hint that fits
    cnngrade show       your pictures beside the expected ones
{explore}
The command `cnngrade` came with the course, as a file beside the folders of all units. It is installed once, there:

    python -m pip install ./{wheel}

Your code may use {packages} and what comes with Python. No other package is available in grading or in `cnngrade check`.

Hand in the file that you worked in.{due}
"""


def _readme(course: Course, unit: Unit) -> str:
    """Return what a student reads first: what to do, with what, and by when."""
    due = f" Work is due by {shown_time(unit.due)}." if unit.due else ""
    page = paths.EXPLORE_PAGE.format(unit.name)
    explore = f"    cnngrade explore    an interactive page; it is also in {page}\n"
    explore = explore if paths.explore_source(course, unit.name).is_file() else ""
    functions = ", ".join(f"`{name}`" for name in unit.functions)
    packages = " and ".join(f"`{name}`" for name in course.policy.packages)
    return _README.format(
        title=unit.title,
        course=course.title,
        functions=functions,
        name=unit.name,
        packages=packages,
        due=due,
        wheel=wheel_name(),
        explore=explore,
    )


def write_handout(course: Course, unit: Unit, folder: Path) -> None:
    """Put into the empty `folder` everything that a student needs for `unit`, and nothing else; raises CourseError."""
    tests = folder / "autograde_tests"
    (tests / "public").mkdir(parents=True)
    shutil.copyfile(paths.exercise_file(course, unit.name), folder / f"{unit.name}.py")
    shutil.copyfile(paths.public_tests(course, unit.name), tests / "public" / f"test_{unit.name}.py")
    if paths.tests_in_common(course).is_file():
        shutil.copyfile(paths.tests_in_common(course), tests / "conftest.py")
    for inside in data_files(course, unit.name):
        (folder / "data" / inside).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(paths.data_folder(course) / inside, folder / "data" / inside)
    for source in (paths.hints_file(course, unit.name), paths.pictures_file(course, unit.name)):
        if source.is_file():
            target = tests / source.parent.name / source.name
            target.parent.mkdir()
            shutil.copyfile(source, target)
    if paths.explore_source(course, unit.name).is_file():
        page = folder / paths.EXPLORE_PAGE.format(unit.name)
        page.write_text(build_page(course, unit), encoding="utf-8")
    public_points = record_answers(course, unit, tests / "answers" / f"{unit.name}.npz")
    record_pictures(course, unit, tests / "answers" / f"{unit.name}.pictures.npz")
    record_plays(course, unit, tests / "answers" / f"{unit.name}.plays.npz")
    head = f"# {course.title}: {unit.title}\n# Made by `cnngrade release` for `cnngrade check`. Do not edit anything here.\n"
    text = as_json(head, _handout_course(course, unit, public_points))
    (folder / "course.yml").write_text(text, encoding="utf-8")
    (folder / "README.md").write_text(_readme(course, unit), encoding="utf-8")


def points_by_function(unit: Unit, cases: Iterable[Case]) -> dict[str, float]:
    """Return what the cases of each function are worth together."""
    points = dict.fromkeys(unit.functions, 0.0)
    for case in cases:
        points[case.function] += case.points
    return points


def _proved(course: Course, unit: Unit, on_step: Callable[[Unit, str], None]) -> Proven:
    """Return what is proved of the unit, as it was kept or anew; raises CourseError when it is not sound."""
    if kept := kept_proof(course, unit):
        on_step(unit, f"proved on {kept.when}; nothing has changed since")
        return kept
    (proof,) = verify(course, [unit], on_step)
    if not proof.sound:
        listed = "\n".join(f"  {finding.step}: {finding.text}" for finding in proof.findings)
        raise CourseError(f"{unit.name} is not sound, so it was not released.\n{listed}")
    return proof.proven()


def release(course: Course, unit: Unit, on_step: Callable[[Unit, str], None]) -> Released:
    """Prove the unit, unless that was done and nothing has changed since, and release it through nbgrader.

    Raises CourseError when it is not sound, UsageError where a package that submissions may use is not installed.
    """
    require(course.policy.packages)
    proven = _proved(course, unit, on_step)
    # nbgrader takes seconds to load, and only a sound unit needs it.
    from cnngrade.gradebook.assignment import generate

    on_step(unit, "notebook")
    with tempfile.TemporaryDirectory(prefix="cnngrade-") as scratch:
        handout = Path(scratch) / unit.name
        handout.mkdir()
        write_handout(course, unit, handout)
        shown = frozenset(picture.function for picture in load_pictures(course, unit))
        folder = generate(course, unit, points_by_function(unit, proven.cases), handout, shown)
    return Released(unit, folder, proven)
