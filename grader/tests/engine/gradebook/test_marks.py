"""A cell that a person has marked waits for another look only if it holds something else than that person saw."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader.converters import Autograde
from nbgrader.utils import rmtree

from cnngrade.classroom.judge_class import judge_class
from cnngrade.course.load import load_course
from cnngrade.gradebook import config as classroom_config
from cnngrade.gradebook.contents import Content
from cnngrade.gradebook.session import course_directory, open_gradebook, run
from support import tiny_course
from support.graded_class import Class, release
from support.sweeps import sweep

RIGHT = tiny_course.RIGHT
WRONG = {"double": "def double(x):\n    return np.asarray(x) ** 2", "triple": RIGHT["triple"]}
BECAUSE = "Twice adds, and squaring multiplies."
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
OTHER_DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
HELPED = {"double": "def double(x):\n    return helped(x)", "triple": RIGHT["triple"]}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Class:
    root = tmp_path_factory.mktemp("marks")
    course = load_course(tiny_course.make_course(root / "course"))
    release(course, course.units[0], root / "handout")
    class_ = Class(course, course.units[0])
    class_.hand_in("ada", "scaling.ipynb", class_.notebook(**WRONG, answer=BECAUSE))
    class_.hand_in("ben", "scaling.ipynb", class_.notebook(**WRONG, answer=BECAUSE))
    class_.record()
    return class_


@pytest.fixture
def class_(made: Class, tmp_path: Path) -> Class:
    return made.copy(tmp_path / "course")


def mark(class_: Class, cell: str, points: float | None, extra: float | None = None, student: str = "ada") -> None:
    """Give points as formgrader does."""
    with open_gradebook(course_directory(classroom_config.read(class_.course))) as gradebook:
        grade = gradebook.find_grade(cell, "scaling", "scaling", student)
        grade.manual_score, grade.extra_credit = points, extra
        grade.needs_manual_grade = points is None and grade.auto_score is None
        gradebook.db.commit()


def state(class_: Class, cell: str, student: str = "ada") -> tuple[float | None, float | None, bool]:
    """Return points and extra credit that a person gave, and whether the cell waits."""
    (row,) = [row for row in class_.rows()["grade"] if row[:2] == (student, cell)]
    return row[4], row[5], bool(row[6])  # type: ignore[return-value]


def with_cell(notebook: str, source: str, where: int = 2) -> str:
    """Return a notebook with one more cell of code."""
    whole = json.loads(notebook)
    cell = {"cell_type": "code", "metadata": {}, "id": "own", "source": source, "outputs": [], "execution_count": None}
    whole["cells"].insert(where, cell)
    return json.dumps(whole)


def by_record(class_: Class) -> None:
    class_.record()


def by_autograde(class_: Class) -> None:
    config = classroom_config.read(class_.course)
    coursedir = course_directory(config)
    coursedir.assignment_id = "scaling"
    judge_class(class_.course, class_.unit)
    # Of nbgrader's own command each student is a run of its own, and nobody else handed in again.
    coursedir.student_id = "ada"
    run(Autograde, coursedir, config)


BOTH = pytest.mark.parametrize("again", sweep([by_record, by_autograde], [by_record]))
Again = Callable[[Class], None]


@BOTH
def test_prose_stays_marked_when_code_is_handed_in_again(class_: Class, again: Again) -> None:
    """other code, an earlier time, another cell: the answer is the one that was marked"""
    mark(class_, "answer", 0.75)
    for notebook in (
        class_.notebook(**RIGHT, answer=BECAUSE),
        with_cell(class_.notebook(**RIGHT, answer=BECAUSE), "scratch = 1"),
        class_.notebook(**RIGHT, answer=f"\n{BECAUSE}  \n"),
    ):
        class_.hand_in("ada", "scaling.ipynb", notebook)
        again(class_)
        assert state(class_, "answer") == (0.75, None, False)
    assert state(class_, "answer", "ben") == (None, None, True)


@BOTH
def test_another_answer_waits_with_the_old_mark(class_: Class, again: Again) -> None:
    """until it is marked, however often it is graded, or until the answer is again what was marked"""
    mark(class_, "answer", 0.75, 0.25)
    class_.hand_in("ada", "scaling.ipynb", class_.notebook(**WRONG, answer="Because."))
    for notebook in (class_.notebook(**WRONG, answer="Because."), class_.notebook(**RIGHT, answer="Because.")):
        class_.hand_in("ada", "scaling.ipynb", notebook)
        again(class_)
        assert state(class_, "answer") == (0.75, 0.25, True)
    class_.hand_in("ada", "scaling.ipynb", class_.notebook(**RIGHT, answer=BECAUSE))
    again(class_)
    assert state(class_, "answer") == (0.75, 0.25, False)
    class_.hand_in("ada", "scaling.ipynb", class_.notebook(**RIGHT, answer="Because."))
    again(class_)
    mark(class_, "answer", 0.5)
    class_.hand_in("ada", "scaling.ipynb", class_.notebook(**WRONG, answer="Because."))
    again(class_)
    assert state(class_, "answer") == (0.5, None, False)


@BOTH
def test_a_mark_on_code_stays_as_long_as_that_code_does(class_: Class, again: Again) -> None:
    """another function is not the one that was marked; the function itself is, and so is a helper that changes its points"""
    mark(class_, "grade-double", 2.5, 0.5)
    mark(class_, "grade-triple", None, 0.25)
    other = {**WRONG, "triple": "def triple(x):\n    return x"}
    class_.hand_in("ada", "scaling.ipynb", with_cell(class_.notebook(**other, answer=BECAUSE), "def helped(x):\n    return x"))
    again(class_)
    assert (state(class_, "grade-double"), state(class_, "grade-triple")) == ((2.5, 0.5, False), (None, 0.25, True))
    for helper, waits in (("x", True), ("x  # as it is", False), ("2 * np.asarray(x)", True), ("np.asarray(x) * 2", False)):
        notebook = class_.notebook(**HELPED, answer=BECAUSE)
        class_.hand_in("ada", "scaling.ipynb", with_cell(notebook, f"def helped(x):\n    return {helper}"))
        again(class_)
        assert state(class_, "grade-double") == (2.5, 0.5, waits), helper
        mark(class_, "grade-double", 2.5, 0.5)


def test_other_points_for_the_same_work_do_not_call_a_mark_in_question() -> None:
    """a test was corrected, a time was another: nothing that the student wrote has changed"""
    seen = Content("a", "r", 1.0)
    assert not Content("a", "r", 2.0).is_other_than(seen)
    assert not Content("a", "s", 1.0).is_other_than(seen)
    assert Content("a", "s", 2.0).is_other_than(seen)
    assert Content("b", "r", 1.0).is_other_than(seen)
    assert not Content("a", "", None).is_other_than(Content("a", "", 0.0))
    assert seen.is_other_than(None)


def test_tests_that_give_other_points_leave_marks_settled(class_: Class) -> None:
    """the points below the mark are new, the mark is not"""
    mark(class_, "answer", 1.0)
    mark(class_, "grade-triple", 1.5)
    mark(class_, "answer", 0.5, student="ben")
    solution = class_.course.root / "solutions" / "scaling.py"
    solution.write_text(solution.read_text().replace("3 * ", "4 * "))
    class_.record()
    (row,) = [row for row in class_.rows()["grade"] if row[:2] == ("ada", "grade-triple")]
    assert row[3:] == (0.0, 1.5, None, 0)
    assert state(class_, "answer") == (1.0, None, False)
    # The mark is taken back, and extra credit is none: the answer waits again.
    mark(class_, "answer", None, 0.25, student="ben")
    solution.write_text(solution.read_text().replace("4 * ", "5 * "))
    class_.record()
    assert state(class_, "answer", "ben") == (None, 0.25, True)


def test_what_was_marked_is_known_without_the_graded_folders(class_: Class) -> None:
    """to delete autograded/ takes no mark back and settles none that waits"""
    mark(class_, "answer", 0.5)
    mark(class_, "answer", 0.25, student="ben")
    class_.hand_in("ben", "scaling.ipynb", class_.notebook(**WRONG, answer="Because."))
    rmtree(str(class_.room / "autograded"))
    class_.record()
    assert (state(class_, "answer"), state(class_, "answer", "ben")) == ((0.5, None, False), (0.25, None, True))
    rmtree(str(class_.room / "autograded"))
    class_.record()
    assert (state(class_, "answer"), state(class_, "answer", "ben")) == ((0.5, None, False), (0.25, None, True))


def test_what_is_known_is_there_for_another_teacher(class_: Class, tmp_path: Path) -> None:
    """in another checkout, with the same gradebook and nothing else of what the first one made"""
    mark(class_, "answer", 0.5)
    other = class_.copy(tmp_path / "other")
    for name in ("autograded", "reports"):
        rmtree(str(other.room / name))
    other.hand_in("ada", "scaling.ipynb", other.notebook(**RIGHT, answer=BECAUSE))
    other.record()
    assert state(other, "answer") == (0.5, None, False)


def test_what_nobody_has_marked_goes_on_to_wait(class_: Class) -> None:
    """the next grading puts right what a program has written into the gradebook, though nothing was handed in"""
    class_.change("UPDATE grade SET needs_manual_grade = 0")
    class_.record()
    assert state(class_, "answer") == (None, None, True)


def test_a_mark_of_before_is_looked_at_again(class_: Class) -> None:
    """where it is not known what a person saw, a person looks"""
    mark(class_, "answer", 0.5)
    class_.change("DELETE FROM cnngrade_content")
    class_.record()
    assert state(class_, "answer") == (0.5, None, True)


def test_an_empty_answer_and_one_that_was_taken_back(class_: Class) -> None:
    """a mark on an answer stays when the answer goes, and waits"""
    mark(class_, "answer", 0.5)
    class_.hand_in("ada", "scaling.ipynb", class_.notebook(**WRONG))
    class_.record()
    assert state(class_, "answer") == (0.5, None, True)
    mark(class_, "answer", None)
    class_.hand_in("ada", "scaling.ipynb", with_cell(class_.notebook(**WRONG), "scratch = 2"))
    class_.record()
    assert state(class_, "answer") == (None, None, False)


def with_picture(notebook: str, picture: str) -> str:
    """Return a notebook in whose answer a picture is attached and shown."""
    whole = json.loads(notebook)
    (cell,) = [cell for cell in whole["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == "answer"]
    cell["attachments"] = {"plot.png": {"image/png": picture}}
    return json.dumps(whole)


def test_what_is_the_same_to_a_reader_stays_marked(class_: Class) -> None:
    """an answer in a script for one in a notebook, or in a new cell at the question; another picture is another answer"""
    script = tiny_course.script(**RIGHT).replace("# *Write your answer here.*", f"# {BECAUSE}")
    moved = json.loads(class_.notebook(**RIGHT))
    moved["cells"].append({"cell_type": "markdown", "metadata": {}, "id": "mine", "source": BECAUSE})
    mark(class_, "answer", 0.5)
    for name, work in (("scaling.py", script), ("scaling.ipynb", json.dumps(moved))):
        shutil.rmtree(class_.room / "submitted" / "ada")
        class_.hand_in("ada", name, work)
        class_.record()
        assert state(class_, "answer") == (0.5, None, False), name
    shown = f"{BECAUSE} ![](attachment:plot.png)"
    for picture, waits in ((DOT, True), (DOT, False), (OTHER_DOT, True)):
        class_.hand_in("ada", "scaling.ipynb", with_picture(class_.notebook(**RIGHT, answer=shown), picture))
        class_.record()
        assert state(class_, "answer") == (0.5, None, waits)
        mark(class_, "answer", 0.5)


def test_a_file_that_has_to_be_opened_is_part_of_the_answer(class_: Class) -> None:
    """an answer that lies in a file waits again when that file is another, and only then"""
    folder = class_.room / "submitted" / "ada" / "scaling"
    class_.hand_in("ada", "scaling.ipynb", class_.notebook(**WRONG))
    class_.hand_in("ada", "answer.pdf", "%PDF one")
    class_.record()
    mark(class_, "answer", 1.0)
    class_.hand_in("ada", "scaling.ipynb", class_.notebook(**RIGHT))
    shutil.copyfile(folder / "answer.pdf", folder / "answer.tmp")
    (folder / "answer.tmp").replace(folder / "answer.pdf")
    class_.record()
    waits = state(class_, "answer")
    class_.hand_in("ada", "answer.pdf", "%PDF two")
    class_.hand_in("ada", "scaling.ipynb", class_.notebook(**WRONG))
    class_.record()
    assert (waits, state(class_, "answer")) == ((1.0, None, False), (1.0, None, True))
