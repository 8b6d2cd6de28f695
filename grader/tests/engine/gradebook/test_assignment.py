"""A unit as an nbgrader assignment, and the classroom's configuration."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
import pytest
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.nbgraderformat import MetadataValidator

from cnngrade.course import paths
from cnngrade.course.lateness import lateness
from cnngrade.errors import CourseError, UsageError
from cnngrade.gradebook import config
from cnngrade.gradebook.assignment import generate, source_notebook
from cnngrade.gradebook.class_table import class_table
from cnngrade.gradebook.extensions import grant_extensions
from cnngrade.gradebook.late import penalty
from cnngrade.gradebook.session import course_directory, open_gradebook, run
from cnngrade.model import Course
from support import tiny_course


def edit(course: Course, change: Callable[[str], str]) -> None:
    path = paths.exercise_file(course, tiny_course.UNIT)
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


def test_the_notebook_has_a_cell_for_every_purpose(course: Course) -> None:
    """lessons are locked, each stub is followed by its grade cell, prose waits for a person, a playground is free"""
    notebook = source_notebook(course, course.units[0], tiny_course.POINTS)
    MetadataValidator().validate_nb(notebook)
    rows = []
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        kind = "".join(letter for letter, key in (("g", "grade"), ("s", "solution"), ("l", "locked")) if marks.get(key))
        rows.append((cell.cell_type, marks.get("grade_id"), kind, marks.get("points")))
    assert rows == [
        ("markdown", "lesson-1", "l", None),
        ("code", "lesson-2", "l", None),
        ("markdown", "lesson-3", "l", None),
        ("code", "double", "s", None),
        ("code", "grade-double", "gl", 3.0),
        ("code", None, "", None),
        ("markdown", "lesson-4", "l", None),
        ("code", "triple", "s", None),
        ("code", "grade-triple", "gl", 2.0),
        ("markdown", "question", "l", None),
        ("markdown", "answer", "gs", 1.0),
    ]
    sources = {row[1]: cell.source for row, cell in zip(rows, notebook.cells, strict=True)}
    assert sources["double"] == tiny_course.STUBS["double"]
    assert sources["grade-double"] == 'import cnngrade\n\ncnngrade.check("double")'
    assert [cell.metadata.get("tags") for cell in notebook.cells if "tags" in cell.metadata] == [
        ["playground"], ["prose"], ["answer"]
    ]  # fmt: skip


def test_the_same_unit_gives_the_same_notebook(course: Course) -> None:
    """two releases of one text are equal byte for byte"""
    first, second = (nbformat.writes(source_notebook(course, course.units[0], tiny_course.POINTS)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace("def triple(x)", "helper = 1\n\n\ndef triple(x)"), "needs a cell of its own"),
        (lambda text: text.replace("def triple(x)", "def thrice(x)"), "0 stub cells for triple"),
        (lambda text: text.replace(' tags=["answer"]', ""), "0 cells tagged `answer`"),
        (lambda text: text.replace("def triple(x)", "def triple(x"), "not valid Python"),
    ],
)
def test_an_exercise_that_cannot_be_released_says_why(course: Course, change: Callable[[str], str], message: str) -> None:
    """a mixed stub cell, a missing stub, a question without an answer cell and broken code are named"""
    edit(course, change)
    with pytest.raises(CourseError, match=message):
        source_notebook(course, course.units[0], tiny_course.POINTS)


def test_a_function_without_points_is_an_error(course: Course) -> None:
    """every function needs tests that are worth something"""
    with pytest.raises(CourseError, match="triple"):
        source_notebook(course, course.units[0], {"double": 3.0})


def handout(folder: Path) -> Path:
    (folder / "data").mkdir(parents=True)
    (folder / f"{tiny_course.UNIT}.py").write_text(tiny_course.EXERCISE, encoding="utf-8")
    (folder / "data" / "numbers.txt").write_text("1 2 3\n", encoding="utf-8")
    return folder


def test_a_release_is_in_folder_and_gradebook(course: Course, tmp_path: Path) -> None:
    """nbgrader releases the stubs as they are, knows every cell's points and the due date, and may be asked again"""
    unit = course.units[0]
    files = handout(tmp_path / "handout")
    released = generate(course, unit, tiny_course.POINTS, files)
    assert {path.relative_to(released).as_posix() for path in released.rglob("*") if path.is_file()} == {
        "scaling.ipynb", "scaling.py", "data/numbers.txt"
    }  # fmt: skip
    notebook = nbformat.read(released / "scaling.ipynb", as_version=4)
    stubs = [cell.source for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") in tiny_course.STUBS]
    assert stubs == list(tiny_course.STUBS.values())
    coursedir = course_directory(config.read(course))
    with open_gradebook(coursedir) as gradebook:
        entry = gradebook.find_assignment("scaling")
        assert entry.max_score == 6.0
        assert entry.course_id == course.name
        assert unit.due is not None
        assert entry.duedate == unit.due.astimezone(UTC).replace(tzinfo=None)
    before = (released / "scaling.ipynb").read_bytes()
    (released.parents[1] / "source" / "scaling" / "stale.txt").write_text("of an older release")
    assert generate(course, unit, tiny_course.POINTS, files) == released
    assert (released / "scaling.ipynb").read_bytes() == before
    assert not (released / "stale.txt").exists()
    check_extensions(course, files)
    check_release_with_submissions(course, files)


def check_extensions(course: Course, files: Path) -> None:
    """an extension may be given before anything was handed in; it is no submission, and a release may still change cells"""
    unit = course.units[0]
    with open_gradebook(course_directory(config.read(course))) as gradebook:
        gradebook.add_student("ada")
    grant_extensions(course, unit, {"ada": timedelta(days=2, hours=1)})
    (row,) = class_table(course, unit)
    assert (row.student, row.score, row.extension, row.submitted) == ("ada", None, 49.0, None)
    edit(course, lambda text: text + "\n# %% [markdown]\n# Another lesson.\n")
    generate(course, unit, tiny_course.POINTS, files)
    assert class_table(course, unit) == (row,)
    grant_extensions(course, unit, {"ada": timedelta()})
    assert class_table(course, unit)[0].extension == 0.0


def check_release_with_submissions(course: Course, files: Path) -> None:
    """once there are submissions text may change, but cells may not come and go: the error says so"""
    unit = course.units[0]
    with open_gradebook(course_directory(config.read(course))) as gradebook:
        gradebook.add_submission(unit.name, "ada")
    edit(course, lambda text: text.replace("And once more.", "And once more, please."))
    generate(course, unit, tiny_course.POINTS, files)
    edit(course, lambda text: text + "\n# %% [markdown]\n# One more lesson.\n")
    with pytest.raises(CourseError, match="add and remove none"):
        generate(course, unit, tiny_course.POINTS, files)


def test_own_settings_are_kept(course: Course) -> None:
    """what an instructor writes below the line survives the next release and is read"""
    path = config.write(course)
    path.write_text(path.read_text() + "c.CourseDirectory.groupshared = True\n")
    config.write(course)
    loaded = config.read(course)
    assert loaded.CourseDirectory.groupshared is True
    assert loaded.CourseDirectory.root == str(paths.classroom(course).resolve())
    assert Path(loaded.CoursePreprocessor.course) == course.root.resolve()


def test_a_change_above_the_line_is_not_overwritten(course: Course) -> None:
    """a configuration that somebody edited, or wrote, is left alone and the error says what to do"""
    path = config.write(course)
    edited = path.read_text().replace("c.CourseDirectory.course_id = ", "c.CourseDirectory.course_id = 'mine' or ")
    path.write_text(edited)
    with pytest.raises(UsageError, match="Move your settings below"):
        config.write(course)
    assert path.read_text() == edited
    path.write_text("c = get_config()\n")
    with pytest.raises(UsageError, match="not written by cnngrade"):
        config.write(course)


def test_settings_are_brought_up_to_date(course: Course) -> None:
    """what another version or another course.yml wrote is written again; own settings stay, and what somebody edited"""
    config.bring_up_to_date(course)
    path = paths.nbgrader_config(course)
    assert not path.exists()
    of_today = config.write(course).read_text()
    config.write(replace(course, timezone="Europe/Berlin"))
    old = path.read_text() + "c.Own.setting = 1\n"
    path.write_text(old)
    config.bring_up_to_date(course)
    assert path.read_text() == of_today + "c.Own.setting = 1\n" != old
    before = path.stat().st_ino
    config.bring_up_to_date(course)
    assert path.stat().st_ino == before
    edited = old.replace("c = get_config()", "c = get_config() ")
    path.write_text(edited)
    config.bring_up_to_date(course)
    assert path.read_text() == edited


def test_a_missing_or_broken_configuration_is_said(course: Course) -> None:
    """without a release there is no classroom; a configuration that does not run names its error"""
    with pytest.raises(UsageError, match="cnngrade release"):
        config.read(course)
    path = config.write(course)
    path.write_text(path.read_text() + "1 / 0\n")
    with pytest.raises(CourseError, match="ZeroDivisionError"):
        config.read(course)


@pytest.mark.parametrize(
    ("hours", "expected"), [(0, 0.0), (0.01, 2.0), (24, 2.0), (24.01, 4.0), (24 * 4, 8.0), (24 * 9, 8.0), (-3, 0.0)]
)
def test_each_day_begun_costs_its_fraction(hours: float, expected: float) -> None:
    """a quarter of 8 points a day, begun days counting whole, and never more than the score"""
    due = datetime(2026, 3, 1, 12, tzinfo=UTC)
    late = lateness(due, due + timedelta(hours=hours))
    assert penalty(8.0, late.days(UTC) if late else 0, 0.25) == expected


def test_two_runs_of_the_writer_agree(course: Course) -> None:
    """the configuration depends on the course alone"""
    digests = {hashlib.sha256(config.write(course).read_bytes()).hexdigest() for _ in range(2)}
    assert len(digests) == 1


def foreign(source: str) -> nbformat.NotebookNode:
    """Return an instructor's own notebook: one solution cell and the grade cell that tests it."""
    marks = {"schema_version": 3, "solution": False, "locked": False, "grade": False, "task": False}
    cells = [
        nbformat.v4.new_code_cell(source, metadata={"nbgrader": {**marks, "solution": True, "grade_id": "f"}}),
        nbformat.v4.new_code_cell(
            "assert f() == 7",
            metadata={"nbgrader": {**marks, "grade": True, "locked": True, "points": 2, "grade_id": "test-f"}},
        ),
    ]
    kernel = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    return nbformat.v4.new_notebook(cells=cells, metadata=kernel)


@pytest.mark.slow
def test_an_assignment_of_the_instructors_own_is_nbgraders(course: Course) -> None:
    """in the same classroom, what is not a unit is released without its solution and graded in a kernel"""
    config.write(course)
    room = paths.classroom(course)
    for folder, source in (("source/essay", "def f():\n    return 7"), ("submitted/ada/essay", "def f():\n    return 6")):
        (room / folder).mkdir(parents=True)
        nbformat.write(foreign(source), room / folder / "essay.ipynb")
    loaded = config.read(course)
    coursedir = course_directory(loaded)
    coursedir.assignment_id = "essay"
    run(GenerateAssignment, coursedir, loaded)
    assert "return 7" not in (room / "release" / "essay" / "essay.ipynb").read_text()
    run(Autograde, coursedir, loaded)
    with open_gradebook(coursedir) as gradebook:
        assert gradebook.find_grade("test-f", "essay", "essay", "ada").auto_score == 0
    assert "AssertionError" in (room / "autograded" / "ada" / "essay" / "essay.ipynb").read_text()
