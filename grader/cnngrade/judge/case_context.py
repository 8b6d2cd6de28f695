"""What the fixtures of a test hand out while one submission is judged."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import pytest

from cnngrade.answers.reference import Reference
from cnngrade.errors import CourseError
from cnngrade.judge.budget_case import (
    BudgetTerms,
    BudgetTiming,
    MakeInputs,
    MakeSized,
    RegisteredBudget,
    TimedFromRecording,
    TimedFunction,
    TimedOnUnseen,
    UnseenInputs,
    registered,
)
from cnngrade.judge.counted_loops import CountedLoops
from cnngrade.model import Case, Course, Unit
from cnngrade.student.proxy import Student


@dataclass(slots=True)
class CaseContext:
    """What the fixtures hand out while one submission of one unit is judged.

    In grading, `seed` makes its random numbers its own; without one they are those of the handout. `drawn` says whether the
    case that runs now has taken any. `unseen` and `counted` belong to the session and hold the inputs of
    its budget cases.
    """

    course: Course
    unit: Unit
    student: Student
    reference: Reference
    seed: str = ""
    budgets: list[RegisteredBudget] = field(default_factory=list)
    unseen: dict[str, UnseenInputs] = field(default_factory=dict)
    counted: dict[str, CountedLoops] = field(default_factory=dict)
    measure_at_once: bool = False
    drawn: bool = False
    _case: Case | None = None

    @property
    def case(self) -> Case:
        """The case that runs now."""
        assert self._case is not None
        return self._case

    def begin(self, case: Case) -> None:
        """Tell both sides which case runs now."""
        self._case = case
        self.drawn = False
        self.student.begin(case.id, case.hidden)
        self.reference.case = case.id

    def rng(self) -> np.random.Generator:
        """Return the random numbers of the case: seeded by course, unit and case, and in grading by `seed`."""
        self.drawn = True
        words = [self.course.name, self.unit.name, self.case.id]
        if self.seed:
            words.append(self.seed)
        # A student's name comes from a folder's, which may be no text.
        seeded = hashlib.sha256("\0".join(words).encode("utf-8", "surrogatepass"))
        return np.random.default_rng(int.from_bytes(seeded.digest()[:16]))

    def register(
        self, function: str, make: MakeInputs, sized: MakeSized | None = None, sizes: Mapping[str, int] | None = None
    ) -> None:
        """Check the student's answers to `make`'s inputs, and note them for measuring. Raises Mismatch, StudentFailure.

        `sized` makes inputs whose axes are as long as its keywords say; `sizes` are those of a tiny one, by the axes' names.
        """
        asked = TimedFunction(self.case.id, function, make)
        timing = self._timing(asked)
        timing.check()
        looped = self._looped(asked, sized, sizes or {})
        terms = BudgetTerms(float(self.unit.budgets[function]), looped, self.unit.loops_cost_beyond.get(function))
        self.budgets.append(registered(timing, self.case.id, terms))

    def _timing(self, asked: TimedFunction) -> BudgetTiming:
        if self.reference.answers_anything:
            unseen = self.unseen.setdefault(asked.case, UnseenInputs())
            return TimedOnUnseen(asked, self.student.timing, self.reference, unseen)
        return TimedFromRecording(asked, self.student.timing, self.reference, self.rng())

    def _looped(self, asked: TimedFunction, sized: MakeSized | None, sizes: Mapping[str, int]) -> tuple[str, ...] | None:
        """Return the axes over which the student's function loops in Python and should not, None if it may over all there are.

        Raises CourseError, and Mismatch and StudentFailure where it fails on the inputs that are counted.
        """
        case, function = asked.case, asked.function
        allowed = self.unit.may_loop_over.get(function, ())
        if unknown := [axis for axis in allowed if axis not in sizes]:
            raise CourseError(
                f'course.yml lets {function} loop over "{unknown[0]}", and its budget\'s test has no axis of that name '
                f"({', '.join(sizes) or 'it names none'})."
            )
        axes = [axis for axis in sizes if axis not in allowed]
        if sized is None or not axes:
            return None
        if case not in self.counted:
            self.counted[case] = CountedLoops.of(asked, sized, sizes, axes, self.reference)
        return self.counted[case].looped_axes(self.student.timing, asked)


class Contexts(Protocol):
    """Where a test's fixtures find their context."""

    def context(self, item: pytest.Item) -> CaseContext:
        """Return the context in which the test runs now."""

    def close(self) -> None:
        """Release everything."""


class CurrentContext:
    """The context of the submission that a judge judges now, one after the other."""

    def __init__(self) -> None:
        self.current: CaseContext | None = None

    def context(self, item: pytest.Item) -> CaseContext:
        """Return the current context, whose case the judge has begun."""
        assert self.current is not None
        return self.current

    def close(self) -> None:
        """Nothing to release: the judge closes what it opened."""


CONTEXTS: pytest.StashKey[Contexts] = pytest.StashKey()
