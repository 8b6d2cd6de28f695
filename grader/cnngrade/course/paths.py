"""Where things lie in a course and in a handout. Nothing that a unit's name already tells is written down anywhere else."""

from __future__ import annotations

from pathlib import Path

from cnngrade.model import Course


def exercise_file(course: Course, unit: str) -> Path:
    """The unit as students get it."""
    return course.root / "exercises" / f"{unit}.py"


def solution_file(course: Course, unit: str) -> Path:
    """The reference."""
    return course.root / "solutions" / f"{unit}.py"


def public_tests(course: Course, unit: str) -> Path:
    """The tests that travel to students."""
    return course.root / "autograde_tests" / "public" / f"test_{unit}.py"


def hidden_tests(course: Course, unit: str) -> Path:
    """The tests that never leave the instructor."""
    return course.root / "autograde_tests" / "hidden" / f"test_{unit}.py"


def mistakes_file(course: Course, unit: str) -> Path:
    """The known mistakes."""
    return course.root / "autograde_tests" / "mistakes" / f"{unit}.py"


def variants_file(course: Course, unit: str) -> Path:
    """The variants that the lines of time budgets lie between; a unit without budgets has none."""
    return course.root / "autograde_tests" / "variants" / f"{unit}.py"


def answers_file(course: Course, unit: str) -> Path:
    """The recorded answers of the public tests, which only a handout has."""
    return course.root / "autograde_tests" / "answers" / f"{unit}.npz"


def pictures_file(course: Course, unit: str) -> Path:
    """The pictures, which travel to students; a unit may have none."""
    return course.root / "autograde_tests" / "pictures" / f"{unit}.py"


def drawings_file(course: Course, unit: str) -> Path:
    """What the pictures look like with the solution, which only a handout has."""
    return course.root / "autograde_tests" / "answers" / f"{unit}.pictures.npz"


def hints_file(course: Course, unit: str) -> Path:
    """The hints, which travel to students; a unit may have none."""
    return course.root / "autograde_tests" / "hints" / f"{unit}.yml"


def marking_file(course: Course, unit: str) -> Path:
    """How to mark the answer in prose, which never leaves the instructor."""
    return course.root / "solutions" / f"{unit}.md"


def data_folder(course: Course) -> Path:
    """The folder with the course's data, beside the exercises as a student runs them."""
    return course.root / "data" if course.handout else course.root / "exercises" / "data"


def submission_folder(course: Course) -> Path:
    """The folder in which `check` looks for NAME.py and NAME.ipynb."""
    return course.root if course.handout else course.root / "exercises"


def classroom(course: Course) -> Path:
    """The folder in which nbgrader keeps the class."""
    return course.root / course.classroom
