"""Draw a unit's pictures: the student's beside the expected ones.

A picture that comes out right says nothing of what it does not use, so the public tests of its function are run as well. The
command draws with the work in a worker of its own; `notebook.show_here` with the functions of the running kernel.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cnngrade.course import paths
from cnngrade.errors import CourseError, Fault, SubmissionError, UsageError, Verdict
from cnngrade.files import write_atomically, write_bytes_atomically
from cnngrade.jobs.targets import Target
from cnngrade.judge.judging import judge_untimed
from cnngrade.judge.suite import Suite
from cnngrade.model import Course, Submission, Unit
from cnngrade.pictures.compare import Comparison, Drawing, compare_drawings, told_once
from cnngrade.pictures.draw import Picture, draw, draw_expected, load_pictures, recorded_drawings
from cnngrade.pictures.matplotlib import can_draw, comparison_as_html, comparison_as_png, comparisons_as_page
from cnngrade.pictures.terminal import comparisons_as_text
from cnngrade.student.candidate import Candidate, OpenedWork, candidate
from cnngrade.student.proxy import Student


def _expected(course: Course, unit: Unit) -> Callable[[Picture], Drawing]:
    """Return where a picture's expected panels come from: the recording of a handout, or the solution."""
    if not course.handout:
        return lambda entry: draw_expected(course, unit, entry)
    path = paths.drawings_file(course, unit.name)
    recorded = recorded_drawings(path)

    def look_up(entry: Picture) -> Drawing:
        if entry.name not in recorded:
            raise Fault(f"{path} lacks the picture {entry.name}. Get the unit's folder again.")
        return recorded[entry.name]

    return look_up


def chosen(course: Course, unit: Unit, functions: Sequence[str]) -> list[Picture]:
    """Return the unit's pictures of some `functions`, all if none is named; raises UsageError for an unknown one."""
    pictures = load_pictures(course, unit)
    unknown = [name for name in functions if name not in unit.functions]
    if unknown:
        raise UsageError(f"{unit.name} has no function {unknown[0]}. There are: {', '.join(unit.functions)}.")
    return [entry for entry in pictures if not functions or entry.function in functions]


def compared(
    course: Course, unit: Unit, pictures: Iterable[Picture], student: Student | None, problem: str
) -> list[Comparison]:
    """Return each picture as the student's functions draw it beside the expected one; without a student, `problem` says why.

    Of functions whose pictures are as expected, the public tests say what else is wrong. They end the student's worker.
    """
    pictures = list(pictures)
    if not pictures:
        return []
    expected, data = _expected(course, unit), paths.data_folder(course)
    found = []
    for entry in pictures:
        mine = Drawing((), problem)
        if student is not None:
            mine = draw(entry, student.functions, data)
            student.calls.clear()
        found.append(compare_drawings(entry.name, entry.function, entry.caption, mine, expected(entry)))
    wrong = _wrong(course, unit, {one.function for one in found if one.same}, student) if student else {}
    return told_once(replace(one, unseen=wrong.get(one.function, "") if one.same else "") for one in found)


_WRONG = (Verdict.WRONG, Verdict.RAISED, Verdict.OVER_TIME, Verdict.OVER_MEMORY)


def _wrong(course: Course, unit: Unit, functions: Collection[str], student: Student) -> dict[str, str]:
    """Return those of the functions that a public test finds wrong, each with the title of that test."""
    if not functions:
        return {}
    entry = Candidate(Submission("", unit.name, Path(unit.name), ""), OpenedWork(student))
    try:
        (outcomes,) = judge_untimed(Suite(course, unit, functions=tuple(sorted(functions))), [entry])
    except (CourseError, Fault):
        # Pictures are to be seen where the tests cannot be run, too.
        return {}
    failed = [outcome.case for outcome in outcomes if outcome.verdict in _WRONG]
    return {case.function: case.title for case in reversed(failed)}


def show(target: Target, functions: Sequence[str] = ()) -> list[Comparison]:
    """Return the unit's pictures, drawn by the work in a worker: those of some `functions` or of the target's, if any is named.

    Raises UsageError, CourseError.
    """
    course, unit = target.course, target.unit
    pictures = chosen(course, unit, (*target.functions, *functions))
    try:
        student = candidate(course, target.path, unit, "").work.open()
    except SubmissionError as error:
        return compared(course, unit, pictures, None, str(error))
    try:
        return compared(course, unit, pictures, student, "")
    finally:
        student.close()


def show_expected(course: Course, unit: Unit) -> list[Comparison]:
    """Return the unit's expected pictures, with nobody's work beside them."""
    expected = _expected(course, unit)
    return [
        compare_drawings(entry.name, entry.function, entry.caption, Drawing((), unfinished=True), expected(entry))
        for entry in load_pictures(course, unit)
    ]


def write_pictures(title: str, unit: Unit, comparisons: Sequence[Comparison], folder: Path) -> list[Path]:
    """Write NAME.html and one PNG per picture into `folder` and return their paths; without matplotlib the page alone."""
    written = []
    if can_draw():
        for comparison in comparisons:
            path = folder / f"{unit.name}-{comparison.name}.png"
            write_bytes_atomically(path, comparison_as_png(comparison))
            written.append(path)
    page = folder / f"{unit.name}.html"
    write_atomically(page, comparisons_as_page(title, comparisons))
    return [page, *written]


@dataclass(frozen=True, slots=True)
class PictureDisplay:
    """Pictures as a notebook shows them."""

    comparisons: tuple[Comparison, ...]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {
            "text/plain": repr(self),
            "text/html": "\n".join(map(comparison_as_html, self.comparisons)) or "There is no picture of it.",
        }

    def __repr__(self) -> str:
        return comparisons_as_text(self.comparisons) or "There is no picture of it."
