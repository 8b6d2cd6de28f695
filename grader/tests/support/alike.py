"""Submissions for the tiny course with real functions in them: scripts of the corpus, each written by itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cnngrade.course import paths
from cnngrade.model import Course
from cnngrade.similarity.submitted import Compared, comparable
from cnngrade.submission.read import script_cells
from support import tiny_course
from support.places import CORPUS

FUNCTIONS = ("double", "triple")


def independent() -> dict[str, str]:
    """Return scripts that were written independently of each other, by the names of their files."""
    files = sorted(CORPUS.glob("*/[0-9][0-9][0-9]_convolution_*.py"))
    return {path.stem: renamed(path.read_text(encoding="utf-8")) for path in files}


def renamed(text: str) -> str:
    """Return a script of the corpus as one for the tiny course: its two functions are called otherwise."""
    return text.replace("conv2d", "triple").replace("correlate2d", "double")


def of(student: str, *texts: str) -> Compared:
    """Return a submission to be compared, each text being a script."""
    cells = [cell for text in texts for cell in script_cells(text, f"{tiny_course.UNIT}.py")]
    return comparable(student, cells, FUNCTIONS)


def hand_in(course: Course, student: str, text: str, name: str = f"{tiny_course.UNIT}.py") -> Path:
    """Put a student's file where what was handed in lies, and return it."""
    folder = paths.submission(course, tiny_course.UNIT, student)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    return path


def class_of(texts: Sequence[str] | dict[str, str]) -> list[Compared]:
    """Return the submissions of a class."""
    named = texts if isinstance(texts, dict) else {f"s{number}": text for number, text in enumerate(texts)}
    return [of(student, text) for student, text in named.items()]
