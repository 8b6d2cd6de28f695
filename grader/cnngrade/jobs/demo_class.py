"""The class that a demo grades, as a class.yml describes it: who hands in which file, what they write, and what it is worth."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from cnngrade.errors import UsageError
from cnngrade.model import Course, Unit


@dataclass(frozen=True, slots=True)
class DemoClass:
    """The unit and, by student, the files, what those say in prose who answer the question, and a person's points for it."""

    unit: Unit
    files: Mapping[str, Path]
    answers: Mapping[str, str]
    marks: Mapping[str, float]


def _check(book: Path, group: DemoClass) -> None:
    """Raise UsageError for a file that is missing, and for an answer or points that are nobody's or too many."""
    for student, file in group.files.items():
        if not file.is_file():
            raise UsageError(f"{book}: the work of {student}, {file}, is missing.")
    for student in group.answers:
        if student not in group.files:
            raise UsageError(f"{book}: {student} answers the question, and hands in no file.")
    for student, points in group.marks.items():
        if student not in group.answers:
            raise UsageError(f"{book}: {student} gets points for an answer, and gives none.")
        if not 0 <= points <= group.unit.prose_points:
            raise UsageError(f"{book}: {student} gets {points:g} points, and an answer is worth {group.unit.prose_points:g}.")


def read_class(book: Path, course: Course) -> DemoClass:
    """Read a class.yml; raises UsageError.

    It holds `unit: NAME` and `students: {NAME: FILE}`, files relative to it. `answers: {NAME: TEXT}` are put into the files,
    and `marks: {NAME: POINTS}` given for them.
    """
    try:
        content = yaml.safe_load(book.read_text(encoding="utf-8"))
        group = DemoClass(
            course.unit(content["unit"]),
            {str(student): book.parent / file for student, file in content["students"].items()},
            {str(student): str(text).strip() for student, text in content.get("answers", {}).items()},
            {str(student): float(points) for student, points in content.get("marks", {}).items()},
        )
    except OSError as error:
        raise UsageError(f"{book} cannot be read ({error.strerror}). Name the class of the demo: --class FILE") from error
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise UsageError(
            f"{book} does not describe a class: it needs `unit: NAME` and `students:` with a file each."
        ) from error
    _check(book, group)
    return group


def _answered(work: str, suffix: str, answer: str) -> str:
    """Return a script or a notebook with an answer in prose in it, in the cell for it or in one of its own."""
    # nbgrader takes seconds to load.
    from cnngrade.gradebook.assignment import ANSWER

    if suffix == ".py":
        lines = "".join(f"# {line}".rstrip() + "\n" for line in answer.splitlines())
        return f'{work.rstrip()}\n\n# %% [markdown] tags=["{ANSWER}"]\n{lines}'
    notebook: dict[str, Any] = json.loads(work)
    cells = notebook["cells"]
    places = [cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade_id") == ANSWER]
    if not places:
        places = [{"cell_type": "markdown", "metadata": {"tags": [ANSWER]}}]
        cells += places
    places[0]["source"] = answer
    return json.dumps(notebook)


def hand_in(group: DemoClass, inbox: Path) -> None:
    """Put each student's work into a folder of that name in `inbox`."""
    for student, file in group.files.items():
        (inbox / student).mkdir(parents=True)
        place = inbox / student / f"{group.unit.name}{file.suffix}"
        if student in group.answers:
            text = _answered(file.read_text(encoding="utf-8"), file.suffix, group.answers[student])
            place.write_text(text, encoding="utf-8")
        else:
            shutil.copyfile(file, place)
