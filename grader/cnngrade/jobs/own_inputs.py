"""Whether a unit can be graded on inputs of each student's own, and how many points can be copied from its handout even so.

A handout holds the right answers to its public cases. In grading, what a case draws from `rng` is other than there; a case that
draws nothing, or draws what makes no difference to the answers, asks for just what was recorded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import ModuleType

from cnngrade.answers.fingerprint import Fingerprint, fingerprint
from cnngrade.course import paths
from cnngrade.errors import Verdict
from cnngrade.judge.judging import judge_untimed
from cnngrade.judge.suite import Suite
from cnngrade.model import Case, Outcome, Submission
from cnngrade.student.candidate import Candidate, InlineWork, OpenedWork
from cnngrade.student.proxy import Call

MOST_COPYABLE = 0.15
"""How much of a unit's points, those for prose aside, may be copied from its handout."""

# Made-up students, whose inputs are drawn as those of real ones are.
_STUDENTS = ("ada", "ben", "eva", "kim", "mia")


@dataclass(frozen=True, slots=True)
class Copyable:
    """The public cases that ask a graded submission for nothing but what was recorded, and what a unit's cases are worth."""

    cases: tuple[Case, ...]
    possible: float

    @property
    def points(self) -> float:
        """What the cases are worth together."""
        return sum(case.points for case in self.cases)

    @property
    def share(self) -> float:
        """Their part of all points."""
        return self.points / self.possible if self.possible else 0.0

    def problems(self) -> Iterator[str]:
        """Yield a sentence if they are worth too much."""
        if self.share > MOST_COPYABLE + 1e-9:
            yield (
                f"{self.points:g} of {self.possible:g} points ({self.share:.0%}) could be copied from the handout's answers; "
                f"at most {MOST_COPYABLE:.0%} may be. These cases ask everybody the same: "
                f"{', '.join(case.id for case in self.cases)}. Draw their inputs from rng, or make them worth less."
            )


@dataclass(frozen=True, slots=True)
class OwnInputs:
    """What became of the solution: the cases that some student's inputs make it fail, and those that can be copied."""

    failed: tuple[Outcome, ...]
    copyable: Copyable


def try_inputs(graded: Suite, solution: ModuleType) -> OwnInputs:
    """Run all cases but those that take time on the solution, with the inputs of the handout and of some made-up students.

    `graded` has a secret. Raises CourseError when the tests cannot be run.
    """
    handout = _asked(replace(graded, hidden=False, secret=""), solution, ("",))[0][1]
    drawn = _asked(graded, solution, _STUDENTS)
    ends = [outcome for outcomes, _ in drawn for outcome in outcomes]
    cases = {outcome.case.id: outcome.case for outcome in ends}
    failed = {outcome.case.id: outcome for outcome in ends if outcome.verdict is not Verdict.PASSED}
    # One student whose inputs happen to be the handout's is one too many.
    copyable = tuple(
        case
        for case in cases.values()
        if not case.hidden and any(_answers(handout[case.id], calls[case.id]) for _, calls in drawn)
    )
    return OwnInputs(tuple(failed.values()), Copyable(copyable, graded.unit.points - graded.unit.prose_points))


_Asked = dict[str, list[Call]]


def _asked(suite: Suite, solution: ModuleType, students: tuple[str, ...]) -> list[tuple[list[Outcome], _Asked]]:
    """Return, for each student, the outcomes of the solution and what each case asked of it."""
    path = paths.solution_file(suite.course, suite.unit.name)
    opened = [OpenedWork(InlineWork(suite.course.policy, solution).open()) for _ in students]
    entries = [
        Candidate(Submission(student, suite.unit.name, path, ""), work) for student, work in zip(students, opened, strict=True)
    ]
    outcomes = judge_untimed(suite, entries)
    return [(ends, _by_case(work.student.calls)) for ends, work in zip(outcomes, opened, strict=True)]


def _by_case(calls: list[Call]) -> _Asked:
    asked: _Asked = defaultdict(list)
    for call in calls:
        asked[call.case].append(call)
    return asked


def _answers(recorded: list[Call], asked: list[Call]) -> bool:
    """Say whether a recording of right answers to the first calls answers the others.

    It does for equal arguments. It does for others, too, where all answers are the same and at least one is a value: an
    exception alone is nothing that anybody has to copy.
    """
    if [(call.function, call.packed) for call in recorded] == [(call.function, call.packed) for call in asked]:
        return True
    if all(call.failure is not None for call in asked) or len(recorded) != len(asked):
        return False
    return all(_answer(mine).agrees(_answer(other)) for mine, other in zip(recorded, asked, strict=True))


def _answer(call: Call) -> Fingerprint:
    return fingerprint(call.value if call.failure is None else call.failure)
