"""What the fixtures of a test hand out while one submission is judged."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnngrade.answers.fingerprint import Fingerprint
from cnngrade.answers.reference import LiveReference, Reference
from cnngrade.budget.measure import ENOUGH_SAMPLES, MOST_SAMPLES, Work, one_call
from cnngrade.course import paths
from cnngrade.course.load import find_course, load_course
from cnngrade.course.modules import load_module
from cnngrade.errors import CourseError, StudentAnswerUnusable, StudentFailure
from cnngrade.judge.budget_case import INPUT_SETS, BudgetWork, MakeInputs, MakeSized, UnseenInputs, _all_agree
from cnngrade.judge.cases import unit_of
from cnngrade.judge.compare import Mismatch
from cnngrade.model import Course, Unit
from cnngrade.sandbox.unconfined import Fresh
from cnngrade.scoring import deciding_limit
from cnngrade.student.proxy import Student
from cnngrade.student.transport import Inline, Remote
from cnngrade.submission.read import read_work
from cnngrade.worker.bytecodes import ENLARGED


@dataclass(slots=True)
class CaseContext:
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
            if supply.baseline is None:
                baseline = self.reference.baseline(case, function, [args for args, _ in drawn(INPUT_SETS)])
                supply.baseline = baseline, one_call(baseline.timed)
            baseline, baseline_call = supply.baseline
            # One to check and to warm up on; what is timed, is checked as well.
            inputs, right = map(list, zip(*drawn(1), strict=True))
        else:
            rng = self.rng(case)
            inputs = [make(rng) for _ in range(INPUT_SETS)]
            right = self.reference.right_answers(case, function, inputs)
            baseline, baseline_call = self.reference.baseline(case, function, inputs), None
        self.student.stage(function, case, inputs)
        if not _all_agree(self.student.answers(function, case), right):
            raise Mismatch(f"The answer is wrong on this input, so its time does not count. Mend {function} first.")
        looped = self._looped(function, sized, sizes or {})
        limit = float(self.unit.budgets[function])

        def timed(calls: int, before: int) -> float:
            if not self.reference.answers_anything:
                return self.student.timed(function, case, calls, before)
            # Inputs that this submission has not seen, each used once, and answers that are looked at: nothing to remember.
            new = drawn(calls)
            seconds, answers = self.student.timed_on(function, case, [args for args, _ in new], before, supply.carrying)
            if not _all_agree(answers, [expected for _, expected in new]):
                raise StudentAnswerUnusable(f"{function} gave a wrong answer while its time was taken.")
            return seconds

        most_samples = ENOUGH_SAMPLES if baseline.estimated else MOST_SAMPLES
        work = Work(timed, baseline.timed, deciding_limit(limit) * baseline.unit, baseline_call, most_samples)
        self.budgets.append(BudgetWork(case, work, baseline, limit, looped))


class _ByHand:
    """CaseContexts for a run that no judge leads: one a unit, with the solution or one file as the student."""

    def __init__(self, submission: Path | None) -> None:
        self._submission = submission
        self._contexts: dict[Path, CaseContext] = {}

    def context(self, item: pytest.Item) -> CaseContext:
        if item.path not in self._contexts:
            self._contexts[item.path] = self._make(item)
        return self._contexts[item.path]

    def _make(self, item: pytest.Item) -> CaseContext:
        course = load_course(find_course(item.path.parent))
        unit = unit_of(item, course)
        solution = load_module(paths.solution_file(course, unit.name), course.root)
        if self._submission is None:
            student = Student(Inline(solution), course.policy)
        else:
            work = read_work(self._submission, unit.name)
            student = Student(Remote(Fresh(course.policy, self._submission.parent)), course.policy, work)
        return CaseContext(course, unit, student, LiveReference(solution), measure_at_once=True)

    def close(self) -> None:
        for context in self._contexts.values():
            context.student.close()


class Judging:
    """The context of the submission that a judge judges now."""

    def __init__(self) -> None:
        self.current: CaseContext | None = None

    def context(self, item: pytest.Item) -> CaseContext:
        """Return the current context."""
        assert self.current is not None
        return self.current

    def close(self) -> None:
        """Nothing to let go of: the judge closes what it opened."""


CONTEXTS: pytest.StashKey[_ByHand | Judging] = pytest.StashKey()
