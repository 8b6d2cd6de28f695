"""A course of another topic from its first command to its feedback: classes with methods, and functions of words and lists."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from cnngrade.course.load import load_course
from cnngrade.errors import Verdict
from cnngrade.gradebook.feedback import write_feedback
from cnngrade.jobs.check import check
from cnngrade.jobs.collect import collect
from cnngrade.jobs.grade import grade
from cnngrade.jobs.release import Released, release
from cnngrade.jobs.targets import targets
from cnngrade.model import Course, Report
from cnngrade.report.terminal import report_as_text
from support import other_course as texts

QUEUE = texts.STACK.replace("self.items.pop()", "self.items.pop(0)")
LIARS = '''\
class Anything:
    """Is whatever it is compared with."""

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = None
    __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __eq__

    def __sub__(self, other):
        return 0

    __rsub__ = __abs__ = __len__ = __sub__

    def __getattr__(self, name):
        return self


class Stack(Anything):
    def push(self, item):
        pass

    def pop(self):
        return self

    def __len__(self):
        return 10**30


class Tree(Anything):
    def __init__(self, numbers=()):
        pass

    def __iter__(self):
        yield self
        yield self

    def __contains__(self, number):
        raise SystemExit(0)


def balanced(text):
    return Anything()
'''
WRONG_WORDS = {
    "count_words": "def count_words(text):\n    return list(text.split())\n",
    "merge": "def merge(one, other):\n    return one + other\n",
    "backwards": "def backwards(text):\n    return text.split()[-1]\n",
}


@dataclass(frozen=True)
class Room:
    course: Course
    released: dict[str, Released]
    reports: dict[tuple[str, str], Report]

    def points(self, student: str, unit: str) -> float:
        with Gradebook(f"sqlite:///{self.course.root / 'classroom' / 'gradebook.db'}") as gradebook:
            return float(gradebook.find_submission(unit, student).score)


def notebook_of(folder: Path, **sources: str) -> str:
    """Return the released notebook of the unit `stacks` with other code in the cells of the stubs."""
    notebook = json.loads((folder / "stacks.ipynb").read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = sources.get(name, cell["source"])
    return json.dumps(notebook)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """A class that was handed out both units, has handed in, and was graded."""
    course = load_course(texts.make_other_course(tmp_path_factory.mktemp("course")))
    released = {unit.name: release(course, unit, lambda unit, step: None) for unit in course.units}
    handed_in = {
        ("ada", "stacks.ipynb"): notebook_of(released["stacks"].folder, **texts.RIGHT),
        ("ben", "stacks.py"): texts.stacks_script(**texts.RIGHT | {"Stack": QUEUE}),
        ("cem", "stacks.py"): texts.stacks_script(Stack=texts.STACK),
        ("dan", "stacks.py"): LIARS,
        ("ada", "words.py"): "\n\n".join(texts.WORDS_RIGHT.values()),
        ("ben", "words.py"): "\n\n".join(WRONG_WORDS.values()),
        ("cem", "words.py"): texts.WORDS,
        ("dan", "words.py"): LIARS.partition("class Stack")[0]
        + "\n".join(f"def {name}(*_):\n    return Anything()\n" for name in WRONG_WORDS),
    }
    reports = {}
    for unit in course.units:
        drop = tmp_path_factory.mktemp(unit.name)
        for (student, name), text in handed_in.items():
            if name.startswith(unit.name):
                (drop / student).mkdir()
                (drop / student / name).write_text(text, encoding="utf-8")
        collect(course, unit, drop)
        reports |= {(report.submission.student, unit.name): report for report in grade(course, unit).reports}
        write_feedback(course, unit)
    return Room(course, released, reports)


@pytest.mark.slow
def test_verify_finds_it_sound(room: Room) -> None:
    """stubs earn nothing, the solution everything, each mistake is caught; those of objects and of lists are named, too"""
    for unit, done in room.released.items():
        assert done.proven.caught == done.proven.known > 0, unit


POINTS = {
    ("ada", "stacks"): 14.0, ("ben", "stacks"): 8.0, ("cem", "stacks"): 7.0, ("dan", "stacks"): 0.0,
    ("ada", "words"): 8.0, ("ben", "words"): 0.0, ("cem", "words"): 0.0, ("dan", "words"): 0.0,
}  # fmt: skip


@pytest.mark.parametrize(("student", "unit"), POINTS)
def test_what_each_submission_earns(room: Room, student: str, unit: str) -> None:
    """right, wrong, unfinished and hostile work, in a notebook and in scripts; the gradebook and the feedback say the same"""
    report = room.reports[student, unit]
    assert (report.earned, room.points(student, unit)) == (POINTS[student, unit],) * 2
    assert Verdict.FAULT not in {outcome.verdict for outcome in report.outcomes}
    assert (room.course.root / "classroom" / "feedback" / student / unit / f"{unit}.html").is_file()


def test_a_mistake_in_a_class_has_its_name(room: Room) -> None:
    """the answers of all steps prove it; and what was done with the objects is shown, without numbers of the grading"""
    ends = {outcome.case.id: outcome for outcome in room.reports["ben", "stacks"].outcomes}
    sentence = "What came first goes first: that is a queue. A stack gives back what came last."
    wrong = ends["public/test_Stack_is_last_in_first_out"]
    assert (wrong.verdict, wrong.cause) == (Verdict.WRONG, sentence)
    assert ends["public/test_Stack_keeps_two_piles_apart"].cause == sentence
    assert wrong.call.startswith("stack = Stack(); stack.push(...); stack.push(...);")
    assert wrong.call.endswith("stack.pop(); stack.pop(); stack.pop(); stack.pop()")
    assert not any(letter.isdigit() for letter in wrong.call + wrong.for_student.replace("item 0", ""))


def test_steps_are_told_once_in_full(room: Room) -> None:
    """of a class's next case that fails, the report tells how it begins"""
    lines = [line.strip() for line in report_as_text(room.reports["ben", "stacks"], colour=False).splitlines()]
    told = [line for line in lines if line.startswith("The call: stack")]
    assert told[0].endswith("stack.push(...);")
    assert told[1] == "The call: stack = Stack(); stack2 = Stack(); stack.push(...); stack.push(...); ..."


def test_what_is_not_written_is_unfinished(room: Room) -> None:
    """a class whose stub was left alone is to do, not wrong"""
    ends = {outcome.case.function: outcome.verdict for outcome in room.reports["cem", "stacks"].outcomes}
    assert ends == {"Stack": Verdict.PASSED, "balanced": Verdict.UNFINISHED, "Tree": Verdict.UNFINISHED}
    ends = {outcome.case.function: outcome.verdict for outcome in room.reports["cem", "words"].outcomes}
    assert set(ends.values()) == {Verdict.UNFINISHED}


def test_wrong_words(room: Room) -> None:
    """lists, dicts and strings are compared and named as arrays are"""
    ends = {outcome.case.function: outcome for outcome in room.reports["ben", "words"].outcomes if not outcome.case.hidden}
    assert ends["count_words"].for_student == "item 0: a list came back, a dict was expected."
    assert ends["merge"].cause == "The lists are put one after the other; nothing puts the numbers in order."
    assert ends["backwards"].for_student == "item 0: the string differs."


@pytest.fixture
def handout(room: Room, tmp_path: Path) -> Path:
    """The released folder of the unit `stacks`, on a machine that has nothing else of the course."""
    return Path(shutil.copytree(room.released["stacks"].folder, tmp_path / "stacks"))


def checked(folder: Path, text: str) -> Report:
    (folder / "stacks.py").write_text(text, encoding="utf-8")
    (folder / "stacks.ipynb").unlink(missing_ok=True)
    return check(targets([], folder)[0])


def test_check_in_the_handout(handout: Path) -> None:
    """recorded objects answer there as the solution's do: right work passes, and a mistake has its name and its steps"""
    assert not any("self.items.pop()" in path.read_text("utf-8", "replace") for path in handout.rglob("*.py"))
    report = checked(handout, texts.stacks_script(**texts.RIGHT))
    assert {outcome.verdict for outcome in report.outcomes} == {Verdict.PASSED}
    report = checked(handout, texts.stacks_script(**texts.RIGHT | {"Stack": QUEUE}))
    wrong = next(outcome for outcome in report.outcomes if outcome.case.id == "public/test_Stack_is_last_in_first_out")
    assert wrong.cause == "What came first goes first: that is a queue. A stack gives back what came last."
    assert wrong.call.count("stack.push(") == 4
    report = checked(handout, texts.stacks_script())
    assert {outcome.verdict for outcome in report.outcomes} <= {Verdict.UNFINISHED, Verdict.SKIPPED}
    report = checked(handout, LIARS)
    assert report.earned == 0.0
    assert Verdict.FAULT not in {outcome.verdict for outcome in report.outcomes}


def test_a_class_is_asked_for_by_its_name(handout: Path) -> None:
    """`check Tree` judges the class alone, and there are hints for it"""
    (handout / "stacks.py").write_text(texts.stacks_script(Stack=texts.STACK, Tree=texts.TREE), encoding="utf-8")
    (handout / "stacks.ipynb").unlink()
    target = targets(["Tree"], handout)[0]
    report = check(target)
    assert {outcome.case.function for outcome in report.outcomes} == {"Tree"}
    assert report.earned == report.possible > 0
