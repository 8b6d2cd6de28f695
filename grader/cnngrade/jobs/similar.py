"""Which submissions of a class are suspiciously alike: reads what was handed in and what grading left, and runs none of it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from cnngrade.classroom import report_store
from cnngrade.classroom.collected import read_origin
from cnngrade.classroom.handed_in import HandedIn, as_it_lies
from cnngrade.course import paths
from cnngrade.errors import CnngradeError, UsageError
from cnngrade.insight.groups import unnamed_groups
from cnngrade.model import Course, Unit
from cnngrade.safe_text import visible_line, visible_name
from cnngrade.similarity.alike_class import AlikeClass, NotCompared
from cnngrade.similarity.common import held_by_many
from cnngrade.similarity.likeness import Likeness, Rarity, groups_of, likenesses
from cnngrade.similarity.submitted import MOST_CHARACTERS, Compared, comparable
from cnngrade.submission.choose import choose_file, stub_digests
from cnngrade.submission.read import Work, decoded, read_bytes, read_work, script_cells
from cnngrade.submission.stubs import written
from cnngrade.worker.cells import Cell

THRESHOLD = 0.65
"""How much two submissions have to be alike to be told of, if nobody says otherwise; docs/benchmarks.md has what it finds."""

MOST_GROUPS = 20
"""How many groups are told of, if nobody says otherwise."""

MOST_FILES = 5_000
"""So many scripts and notebooks of a folder of others' work are looked into."""


def similar(
    course: Course,
    unit: Unit,
    threshold: float = THRESHOLD,
    most: int = MOST_GROUPS,
    also: Path | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> AlikeClass:
    """Compare what was submitted for a unit, each with each, and with the scripts and notebooks in the folder `also`.

    What several members of a group handed in as one file is theirs together, and not compared among them; neither is what
    somebody handed in before. `tell` is called with what is being done. Raises UsageError if fewer than two can be compared,
    and Fault where nobody's work can be seen.
    """
    submissions, not_compared = _read_class(course, unit, tell)
    own = len(submissions)
    former = _read_former(course, unit, also, tell) if also else []
    submissions += former
    if own < 1 or len(submissions) < 2:
        raise UsageError(_too_few(unit, own, not_compared))
    tell("comparing")
    rarity = Rarity(submissions, _known(course, unit))
    groups = groups_of(likenesses(submissions, rarity, threshold, _who_is_apart(course, unit, submissions, own)))
    shown = groups[:most]
    tell("reading reports")
    hints = _hints(course, unit, submissions[:own], [link for group in shown for link in group.links])
    return AlikeClass(
        unit.name,
        unit.title,
        threshold,
        submissions,
        rarity,
        shown,
        hints,
        not_compared,
        held_by_many(submissions[:own], rarity),
        len(former),
        len(groups),
    )


def _who_is_apart(course: Course, unit: Unit, submissions: Sequence[Compared], own: int) -> Callable[[int, int], bool]:
    """Return what says of two submissions, by their numbers, the smaller first, whether they are not to be compared.

    The first `own` are the class: those who handed in one file as a group are apart, and all others from former work of theirs.
    """
    shared = [_handed_in_as(course, unit, one.student) for one in submissions[:own]]

    def apart(one: int, other: int) -> bool:
        if other < own:
            return shared[one] is not None and shared[one] == shared[other]
        return one >= own or _is_of(submissions[one].student, Path(submissions[other].student), unit)

    return apart


def _is_of(student: str, path: Path, unit: Unit) -> bool:
    """Say whether a path of a former class names a student: a folder in it, or the file."""
    inside = [*path.parts[1:-1], path.stem]
    return student != unit.name and student in inside


def _too_few(unit: Unit, own: int, not_compared: Sequence[NotCompared]) -> str:
    why = f" {len(not_compared)} could not be read: {visible_line(not_compared[0].why)}" if not_compared else ""
    return (
        f"There is nothing to compare for {unit.name}: {own or 'no'} submission{'' if own == 1 else 's'} to be read.{why} "
        f"Collect what was handed in (cnngrade collect {unit.name} --from ...), or name a folder of others' work with --also."
    )


def _cells(work: Work) -> list[Cell]:
    return [*work.cells, *(Cell(module.source, module.filename) for module in work.modules)]


def _read_class(course: Course, unit: Unit, tell: Callable[[str], None]) -> tuple[list[Compared], list[NotCompared]]:
    found, not_compared = [], []
    works = as_it_lies(course, unit)
    for count, work in enumerate(works, 1):
        tell(f"reading {count} of {len(works)}")
        try:
            one = _read_one(course, unit, work)
        except CnngradeError as error:
            not_compared.append(NotCompared(work.student, str(error)))
            continue
        if one.cut:
            why = f"only its beginning was compared, at most {MOST_CHARACTERS:,} characters; nobody writes that much"
            not_compared.append(NotCompared(work.student, why))
        found.append(one)
    return found, not_compared


def _read_one(course: Course, unit: Unit, work: HandedIn) -> Compared:
    path, _ = choose_file(course, unit, work.folder)
    return comparable(work.student, _cells(read_work(path, unit.name, work.student)), unit.functions)


def _read_former(course: Course, unit: Unit, folder: Path, tell: Callable[[str], None]) -> list[Compared]:
    """Return what a folder of others' work holds of the unit: scripts and notebooks in which a function of it is written."""
    released = set(stub_digests(course, unit))
    found = []
    for count, path in enumerate(_scripts(folder), 1):
        tell(f"reading {visible_name(folder.name)}, {count}")
        if count > MOST_FILES:
            raise UsageError(f"{folder} holds more than {MOST_FILES:,} scripts and notebooks. Name a folder inside it.")
        try:
            cells = _cells(read_work(path, unit.name, alone=True))
        except CnngradeError:
            # Not everything that lies in a folder is somebody's work.
            continue
        if written(cells, unit.name, unit.functions, released).functions:
            found.append(comparable(path.relative_to(folder.parent).as_posix(), cells, unit.functions))
    if not found:
        raise UsageError(f"Nothing in {folder} writes a function of {unit.name}. Name the folder in which others' work lies.")
    return found


def _scripts(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.endswith((".py", ".ipynb")) and not name.startswith("."):
                yield Path(place, name)


def _known(course: Course, unit: Unit) -> frozenset[str]:
    """Return the fingerprints of what was handed out, and of the course's own ways to write the unit's functions."""
    files = [
        paths.exercise_file(course, unit.name),
        paths.solution_file(course, unit.name),
        paths.variants_file(course, unit.name),
    ]
    known = set[str]()
    for path in files:
        if path.is_file():
            known |= comparable("", script_cells(decoded(read_bytes(path), path.name), path.name), unit.functions).fingerprints
    return frozenset(known)


def _handed_in_as(course: Course, unit: Unit, student: str) -> tuple[str, str, str] | None:
    """Return what file a student's work was when it was collected: that of a group is one file for all of its members."""
    origin = read_origin(course, unit.name, student)
    return (origin.source, origin.found, origin.digest) if origin and origin.found else None


def _hints(
    course: Course, unit: Unit, submissions: Sequence[Compared], links: Sequence[Likeness]
) -> dict[tuple[int, int], tuple[str, ...]]:
    """Return what the reports say of pairs beyond their code: what both got wrong in one way, and hardly anybody else."""
    if not links:
        return {}
    wrong = _wrong_ways(course, unit, [submission.student for submission in submissions])
    counts = Counter(way for ways in wrong.values() for way in ways)
    few = max(3, len(submissions) // 20)
    found: dict[tuple[int, int], tuple[str, ...]] = {}
    for link in links:
        if link.other < len(submissions):
            one, other = (wrong[submissions[at].student] for at in (link.one, link.other))
            both = sorted(way for way in one & other if counts[way] <= few)
            found[link.one, link.other] = tuple(f"Both, and {counts[way]} of {len(submissions)} in all: {way}" for way in both)
    return found


def _wrong_ways(course: Course, unit: Unit, students: Sequence[str]) -> dict[str, set[str]]:
    """Return what each student got wrong in which way: known mistakes, and answers without a name."""
    found = {student: set[str]() for student in students}
    for student, ways in found.items():
        report = report_store.load(course, unit, student)
        outcomes = report.outcomes if report else ()
        ways.update(visible_line(outcome.cause) for outcome in outcomes if outcome.cause)
    for group in unnamed_groups(course, unit):
        for student in group.students:
            if student in found:
                found[student].add(f"{group.function} gives the same wrong answers, which have no name yet ({group.name}).")
    return found
