"""The pytest plugin: what a course's tests are written with.

Fixtures: `student` (the submission's functions), `reference` (the right ones), `rng` (fresh numbers, the same at every run),
`budget` (registers work whose time counts), `data` (the folder of the course's data). Marks: see `marks`.

The judge loads this plugin and puts a `Desk` on the table for each submission. Loaded by a course's conftest.py, it also
lets the tests run by hand: `pytest autograde_tests` tests the solutions, `pytest autograde_tests --submission FILE` a
student's file.
"""

from __future__ import annotations

import hashlib
import inspect
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnngrade import layout
from cnngrade.answers import LiveReference, Reference, Yardstick
from cnngrade.budget import ENOUGH_PAIRS, MOST_PAIRS, Work, measure, one_call
from cnngrade.cells import read_work
from cnngrade.compare import Mismatch
from cnngrade.counting import ENLARGED
from cnngrade.course import find_course, load_course
from cnngrade.errors import CourseError, StudentAnswerUnusable, StudentFailure
from cnngrade.fingerprint import Fingerprint, fingerprint
from cnngrade.fresh import Fresh
from cnngrade.loading import load_module
from cnngrade.marks import DESCRIPTIONS
from cnngrade.mistakes import function_of
from cnngrade.model import Case, Course, Unit
from cnngrade.scoring import decision_line
from cnngrade.student import Functions, Student
from cnngrade.transport import Inline, Remote

INPUT_SETS = 3
MakeInputs = Callable[[np.random.Generator], tuple[Any, ...]]
MakeSized = Callable[..., tuple[Any, ...]]


@dataclass(slots=True)
class BudgetWork:
    """A registered budget: what will be timed, against what, and up to which ratio it is in time."""

    case: str
    work: Work
    yardstick: Yardstick
    line: float
    looped: tuple[str, ...] = ()


def _all_agree(answers: Sequence[Any], right: Sequence[Fingerprint]) -> bool:
    return all(fingerprint(mine).agrees(expected) for mine, expected in zip(answers, right, strict=True))


class UnseenInputs:
    """Inputs for the timed calls of one case, drawn when they are first needed and shared by all submissions of a session.

    Nobody can know them beforehand: their seed is the operating system's. `carrying` notes what it cost here to carry some,
    `yardstick` what a submission is measured against and what one call of that takes.
    """

    def __init__(self) -> None:
        self._rng = np.random.default_rng()
        self._drawn: list[tuple[tuple[Any, ...], Fingerprint]] = []
        self.carrying: dict[int, list[float]] = {}
        self.yardstick: tuple[Yardstick, float] | None = None

    def draw(
        self, index: int, case: str, function: str, make: MakeInputs, reference: Reference
    ) -> tuple[tuple[Any, ...], Fingerprint]:
        """Return the input of this number and the fingerprint of the right answer to it."""
        while len(self._drawn) <= index:
            args = make(self._rng)
            (right,) = reference.right_answers(case, function, [args])
            self._drawn.append((args, right))
        return self._drawn[index]


@dataclass(slots=True)
class Desk:
    """What the fixtures hand out while one submission of one unit is judged. `seed` makes its random numbers its own.

    `unseen` belongs to the session and holds the inputs of its budget cases.
    """

    course: Course
    unit: Unit
    student: Student
    reference: Reference
    seed: str = ""
    budgets: list[BudgetWork] = field(default_factory=list)
    unseen: dict[str, UnseenInputs] = field(default_factory=dict)
    measure_at_once: bool = False

    def begin(self, case: str) -> None:
        """Tell both sides which case runs now."""
        self.student.case = self.reference.case = case

    def rng(self, case: str) -> np.random.Generator:
        """Return the random numbers of a case: seeded by course, unit and case, hidden cases also by `seed`."""
        words = [self.course.name, self.unit.name, case]
        if case.startswith("hidden/"):
            words.append(self.seed)
        return np.random.default_rng(int.from_bytes(hashlib.sha256("\0".join(words).encode()).digest()[:16]))

    def _looped(self, function: str, sized: MakeSized | None, sizes: Mapping[str, int]) -> tuple[str, ...]:
        """Return the axes over which the student's function loops in Python and should not; raises CourseError.

        That a function cannot be counted is no reason to lose points: then no axes are known.
        """
        allowed = self.unit.may_loop_over.get(function, ())
        if unknown := [axis for axis in allowed if axis not in sizes]:
            raise CourseError(
                f'course.yml lets {function} loop over "{unknown[0]}", and its budget\'s test has no axis of that name '
                f"({', '.join(sizes) or 'it names none'})."
            )
        if sized is None:
            return ()
        axes = [axis for axis in sizes if axis not in allowed]
        if not axes:
            return ()
        # The numbers are the same for everybody: so is the count.
        rng = np.random.default_rng(0)
        longer = [{**sizes, axis: sizes[axis] + more} for axis in axes for more in (ENLARGED, 2 * ENLARGED)]
        inputs = [sized(rng, **chosen) for chosen in (dict(sizes), *longer)]
        try:
            return self.student.looped_axes(function, axes, inputs)
        except StudentFailure:
            return ()

    def register(
        self, case: str, function: str, make: MakeInputs, sized: MakeSized | None = None, sizes: Mapping[str, int] | None = None
    ) -> None:
        """Check the student's answers to `make`'s inputs, and note them for measuring. Raises Mismatch, StudentFailure.

        `sized` makes inputs whose axes are as long as its keywords say; `sizes` are those of a tiny one, by the axes' names.
        """
        supply, numbers = self.unseen.setdefault(case, UnseenInputs()), itertools.count()

        def drawn(count: int) -> list[tuple[tuple[Any, ...], Fingerprint]]:
            return [supply.draw(next(numbers), case, function, make, self.reference) for _ in range(count)]

        if self.reference.answers_anything:
            if supply.yardstick is None:
                yardstick = self.reference.yardstick(case, function, [args for args, _ in drawn(INPUT_SETS)])
                supply.yardstick = yardstick, one_call(yardstick.timed)
            yardstick, yardstick_call = supply.yardstick
            # One to check and to warm up on; what is timed, is checked as well.
            inputs, right = map(list, zip(*drawn(1), strict=True))
        else:
            rng = self.rng(case)
            inputs = [make(rng) for _ in range(INPUT_SETS)]
            right = self.reference.right_answers(case, function, inputs)
            yardstick, yardstick_call = self.reference.yardstick(case, function, inputs), None
        self.student.stage(function, case, inputs)
        if not _all_agree(self.student.answers(function, case), right):
            raise Mismatch(f"The answer is wrong on this input, so its time does not count. Mend {function} first.")
        looped = self._looped(function, sized, sizes or {})
        line = float(self.unit.budgets[function])

        def timed(calls: int, before: int) -> float:
            if not self.reference.answers_anything:
                return self.student.timed(function, case, calls, before)
            # Inputs that this submission has not seen, each used once, and answers that are looked at: nothing to remember.
            new = drawn(calls)
            seconds, answers = self.student.timed_on(function, case, [args for args, _ in new], before, supply.carrying)
            if not _all_agree(answers, [expected for _, expected in new]):
                raise StudentAnswerUnusable(f"{function} gave a wrong answer while its time was taken.")
            return seconds

        most_pairs = ENOUGH_PAIRS if yardstick.estimated else MOST_PAIRS
        work = Work(timed, yardstick.timed, decision_line(line) * yardstick.unit, yardstick_call, most_pairs)
        self.budgets.append(BudgetWork(case, work, yardstick, line, looped))


class _ByHand:
    """Desks for a run that no judge leads: one a unit, with the solution or one file as the student."""

    def __init__(self, submission: Path | None) -> None:
        self._submission = submission
        self._desks: dict[Path, Desk] = {}

    def desk(self, item: pytest.Item) -> Desk:
        if item.path not in self._desks:
            self._desks[item.path] = self._make(item)
        return self._desks[item.path]

    def _make(self, item: pytest.Item) -> Desk:
        course = load_course(find_course(item.path.parent))
        unit = unit_of(item, course)
        solution = load_module(layout.solution_file(course, unit.name), course.root)
        if self._submission is None:
            student = Student(Inline(solution), course.policy)
        else:
            work = read_work(self._submission, unit.name)
            student = Student(Remote(Fresh(course.policy, self._submission.parent)), course.policy, work)
        return Desk(course, unit, student, LiveReference(solution), measure_at_once=True)

    def close(self) -> None:
        for desk in self._desks.values():
            desk.student.close()


class Judging:
    """The desk of the submission that a judge judges now."""

    def __init__(self) -> None:
        self.current: Desk | None = None

    def desk(self, item: pytest.Item) -> Desk:
        """Return the current desk."""
        assert self.current is not None
        return self.current

    def close(self) -> None:
        """Nothing to let go of: the judge closes what it opened."""


DESKS: pytest.StashKey[_ByHand | Judging] = pytest.StashKey()


def unit_of(item: pytest.Item, course: Course) -> Unit:
    """Return the unit that the item's file test_NAME.py belongs to; raises CourseError."""
    name = item.path.stem.removeprefix("test_")
    try:
        return course.unit(name)
    except KeyError:
        raise CourseError(f"{item.path}: course.yml has no unit {name}. Add it there, or rename the file.") from None


def case_id(item: pytest.Item) -> str:
    """Return the case's name within its unit, like "public/test_f_adds_up[2]"."""
    return f"{item.path.parent.name}/{item.name}"


def case_of(item: pytest.Function, unit: Unit) -> Case:
    """Return the case that a collected test is; raises CourseError when it does not say what it tests or what it is worth."""
    name = item.originalname.removeprefix("test_")
    where = f"{item.path}, {item.originalname}"
    function = function_of(name, unit.functions)
    if function is None:
        raise CourseError(f"{where}: the name must begin with test_ and one of {', '.join(unit.functions)}.")
    mark = item.get_closest_marker("points")
    if mark is None or len(mark.args) != 1 or not isinstance(mark.args[0], int | float) or not mark.args[0] > 0:
        raise CourseError(f"{where}: say what the case is worth, as in @points(2).")
    title = next((line.strip() for line in (inspect.getdoc(item.function) or "").splitlines() if line.strip()), "")
    if not title:
        raise CourseError(f"{where}: its docstring is the title that a student reads, and it has none.")
    parameter = f" [{item.callspec.id}]" if hasattr(item, "callspec") else ""
    return Case(case_id(item), title + parameter, float(mark.args[0]), item.path.parent.name == "hidden", function)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --submission."""
    group = parser.getgroup("cnngrade")
    group.addoption("--submission", type=Path, default=None, help="run the tests on this file instead of on the solutions")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks, and the desks for a run by hand."""
    for description in DESCRIPTIONS:
        config.addinivalue_line("markers", description)
    if DESKS not in config.stash:
        config.stash[DESKS] = _ByHand(config.getoption("--submission"))


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the workers of a run by hand."""
    if DESKS in config.stash:
        config.stash[DESKS].close()


@pytest.fixture
def desk(request: pytest.FixtureRequest) -> Desk:
    """The desk at which this case is judged."""
    found = request.config.stash[DESKS].desk(request.node)
    found.begin(case_id(request.node))
    return found


@pytest.fixture
def student(desk: Desk) -> Functions:
    """The student's functions."""
    return desk.student.functions


@pytest.fixture
def reference(desk: Desk) -> Functions:
    """The right functions: the solution, or on a student's machine its recorded answers."""
    return desk.reference.functions


@pytest.fixture
def rng(desk: Desk, request: pytest.FixtureRequest) -> np.random.Generator:
    """Random numbers, the same at every run of this case."""
    return desk.rng(case_id(request.node))


@pytest.fixture
def data(desk: Desk) -> Path:
    """The folder that holds the course's data files."""
    return layout.data_folder(desk.course)


@pytest.fixture
def budget(desk: Desk, request: pytest.FixtureRequest) -> Callable[..., None]:
    """`budget("f", make)`: f must answer make(rng) rightly and in good time. Times are taken after all other cases.

    `budget("f", make, sized, H=2, W=2)`: moreover, f may not loop in Python over the axes that course.yml does not let it.
    `sized(rng, H=..., W=...)` makes inputs with axes of these lengths; the lengths here are those of a tiny input.
    """

    def register(function: str, make: MakeInputs, sized: MakeSized | None = None, **sizes: int) -> None:
        if function not in desk.unit.budgets:
            raise CourseError(f"{case_id(request.node)}: course.yml names no budget for {function} in {desk.unit.name}.")
        desk.register(case_id(request.node), function, make, sized, sizes)
        if desk.measure_at_once:
            entry = desk.budgets.pop()
            measure([entry.work])
            if isinstance(entry.work.failure, StudentFailure):
                raise entry.work.failure
            ratio, most = entry.work.ratio / entry.yardstick.unit, decision_line(entry.line)
            assert not entry.looped, f"the code loops over {' and '.join(entry.looped)} in Python"
            assert ratio <= most, f"{ratio:.1f} times the reference's time; full marks up to {entry.line:g}"

    return register
