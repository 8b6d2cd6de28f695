"""One submission after the other, judged by the same cases: each has its own worker, and none is ever imported here.

Before the first submission the solution itself is judged, where it is at hand. A case that the solution does not pass is
unsound, and whatever a student does in it ends as a `fault`, which costs nothing. The same holds for a graded case that it does
not pass with the inputs of the student who failed there.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from cnngrade.answers.answer_key import AnswerKey
from cnngrade.answers.behaviour import FunctionBehaviour
from cnngrade.budget.measure import estimate, measure
from cnngrade.errors import CourseError, Disturbed, Fault, StudentFailure, SubmissionError, Verdict
from cnngrade.judge.budget_case import RegisteredBudget, UnseenInputs
from cnngrade.judge.case_context import CaseContext, CurrentContext
from cnngrade.judge.case_limits import Extent, beyond, extent_of, run_within_limits, went_beyond
from cnngrade.judge.case_run import CaseRun
from cnngrade.judge.counted_loops import CountedLoops
from cnngrade.judge.judgement import Judgement
from cnngrade.judge.lines_to_look_at import with_places
from cnngrade.judge.outcomes import (
    Explained,
    can_be_named,
    ended_without_answers,
    on_own_inputs,
    outcome_of,
    stop_at,
    timed_outcome,
    unsound,
    was_stopped,
)
from cnngrade.judge.progress import JudgeStep, Phase
from cnngrade.judge.suite import Suite
from cnngrade.model import Case, Outcome, Report
from cnngrade.scoring import report_of
from cnngrade.student.candidate import Candidate
from cnngrade.student.proxy import Student

if TYPE_CHECKING:
    from cnngrade.answers.knowledge import Knowledge
    from cnngrade.judge.fixed_calls import FixedCalls

# A worker ended from outside (by the system, a person) is not a verdict: the submission is judged again, twice at most. After
# that it has no score.
_TRIES = 3


# Cases that earn nothing are not worth more of the machine's time. None of it is the submission's.
_ASIDE_SHARE = 0.02


# A function that ended in any other way is not run once more only to find out about it.
_GOES_ON = (Verdict.PASSED, Verdict.WRONG, Verdict.RAISED, Verdict.SLOW, Verdict.SKIPPED)


STOPPED_LOOKING = "You stopped the check while it looked for what is wrong. The verdicts stand."
"""What a report says of a check that was stopped when every case had been judged."""


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CaseRatio:
    """What a budget case measured for one candidate: its ratio, or None and the `problem` that kept it from one.

    `looped` are the axes of loops that were counted, None where none are counted.
    """

    case: Case
    ratio: float | None
    problem: str = ""
    looped: tuple[str, ...] | None = None


class JudgeSession:
    """Judges submissions one after the other by the same cases."""

    def __init__(self, suite: Suite, answer_key: AnswerKey, cases: Sequence[CaseRun], contexts: CurrentContext) -> None:
        self._suite, self._answer_key, self._cases, self._contexts = suite, answer_key, cases, contexts
        self._unseen: dict[str, UnseenInputs] = {}
        self._counted: dict[str, CountedLoops] = {}
        self._unsound: dict[str, str] = {}
        self._knowledge: Knowledge | None = None
        # Of the solution's answers, by case.
        self._extents: dict[str, Extent] = {}
        self._is_rehearsed = False
        self._fixed: FixedCalls | None = None

    def rehearse(self) -> None:
        """Judge the solution, where it is at hand, to know the cases that it does not pass."""
        if self._answer_key.solution is None:
            return
        student = self._answer_key.solution.open()
        with self._running(student, "") as context:
            outcomes = self._run_cases(context, self._cases, {}, Phase.REFERENCE)
        for call in student.calls:
            self._extents[call.case] = self._extents.get(call.case, Extent()) + extent_of([call])
        self._unsound = _reasons(outcomes)
        if self._suite.ask_seconds:
            from cnngrade.judge.fixed_calls import FixedCalls  # a student's own check asks nothing of the kind

            self._fixed = FixedCalls(call for call in student.calls if call.case not in self._unsound)
        self._is_rehearsed = True

    def judge(self, entry: Candidate) -> Judgement:
        """Return what comes out of judging one submission."""
        return _undisturbed(lambda: self._judge_once(entry))

    def _judge_once(self, entry: Candidate) -> tuple[Judgement, bool]:
        """Return the judgement, and whether something outside ended a worker meanwhile."""
        start = time.monotonic()
        note = entry.notes
        try:
            student = entry.work.open()
            lifecycle = student.lifecycle
            with self._running(student, entry.submission.student) as context:
                outcomes, aside = self._judged_in_order(context)
                found = self._explained(student, outcomes, aside)
            outcomes = with_places(self._sound(found.outcomes, entry.submission.student), found.findings, student.work)
        except SubmissionError as error:
            return Judgement(self._unopened(entry, Verdict.RAISED, str(error), note)), False
        except CourseError:
            raise
        except Exception as error:
            # Whatever is nobody's verdict is our failure: it costs this submission its score for now, and the others nothing.
            said = str(error) if isinstance(error, Fault) else f"{type(error).__name__}: {error}"
            return Judgement(self._unopened(entry, Verdict.FAULT, said, note)), isinstance(error, Disturbed)
        # All that it printed is there only once the worker has ended.
        problems = tuple(filter(None, (*note, *lifecycle.problems(), found.problem)))
        staff_notes, seconds = tuple(filter(None, (*lifecycle.staff_notes(), found.for_staff))), time.monotonic() - start
        report = report_of(entry.submission, self._suite.unit.title, outcomes, problems, lifecycle.printed(), seconds)
        report = replace(report, layers=entry.layers, staff_notes=staff_notes, findings=found.findings)
        return Judgement(report, self._behaviour(student, found.unnamed, outcomes)), False

    def _explained(self, student: Student, outcomes: list[Outcome], aside: Sequence[Outcome]) -> Explained:
        if was_stopped(outcomes):
            return Explained(outcomes)
        if was_stopped(aside):
            return Explained(outcomes, problem=STOPPED_LOOKING)
        if not any(map(_has_to_be_explained, (*outcomes, *aside))):
            return Explained(outcomes)
        from cnngrade.judge.explain import explain  # right work does not wait until all that is loaded

        try:
            return explain(self._suite, student, self._what_is_known, outcomes, aside)
        except KeyboardInterrupt:
            if not student.is_watched:
                raise
            return Explained(outcomes, problem=STOPPED_LOOKING)

    def _behaviour(
        self, student: Student, unnamed: Sequence[str], outcomes: Sequence[Outcome]
    ) -> tuple[FunctionBehaviour, ...]:
        """Return how the functions behave that are wrong without a name, to be compared with others of the class."""
        if not unnamed or self._fixed is None or any(outcome.verdict is Verdict.FAULT for outcome in outcomes):
            return ()
        passed = {outcome.case.id for outcome in outcomes if outcome.verdict is Verdict.PASSED}
        try:
            return self._fixed.behaviour(student, unnamed, passed, self._suite.ask_seconds)
        except Exception:
            # The report stands; its student is in no group.
            return ()

    def _unopened(self, entry: Candidate, verdict: Verdict, text: str, note: tuple[str, ...]) -> Report:
        outcomes = [Outcome(run.case, verdict, 0.0, text if index == 0 else "") for index, run in enumerate(self._cases)]
        return replace(report_of(entry.submission, self._suite.unit.title, outcomes, (*note, text)), layers=entry.layers)

    def untimed(self, entry: Candidate) -> list[Outcome]:
        """Return how the cases end for one candidate, whatever time they take; raises SubmissionError and Fault."""
        with self._running(entry.work.open(), entry.submission.student) as context:
            return self._run_cases(context, self._cases, {})

    def ratios(self, entry: Candidate, samples: int) -> tuple[CaseRatio, ...]:
        """Return what the cases measure for one candidate, from that many samples each, whatever their limits."""
        return _undisturbed(lambda: self._ratios_once(entry, samples))

    def _ratios_once(self, entry: Candidate, samples: int) -> tuple[tuple[CaseRatio, ...], bool]:
        try:
            student = entry.work.open()
        except (SubmissionError, Fault) as error:
            return tuple(CaseRatio(run.case, None, str(error)) for run in self._cases), False
        with self._running(student, entry.submission.student) as context:
            try:
                outcomes = self._run_cases(context, self._cases, {})
                estimate([budget.measurement for budget in context.budgets], samples)
                student.lifecycle.check()
            except Fault as fault:
                return tuple(CaseRatio(run.case, None, str(fault)) for run in self._cases), isinstance(fault, Disturbed)
        budgets = {budget.case: budget for budget in context.budgets}
        return tuple(_ratio(outcome, budgets.get(outcome.case.id)) for outcome in outcomes), False

    @contextlib.contextmanager
    def _running(self, student: Student, name: str) -> Iterator[CaseContext]:
        """Let the tests call this student, and end the worker afterwards."""
        course, unit = self._suite.course, self._suite.unit
        # Without a secret nothing is graded: then everybody gets the inputs of the handout.
        seed = f"{self._suite.secret}/{name}" if self._suite.secret else ""
        try:
            reference = self._answer_key.reference()
            context = CaseContext(course, unit, student, reference, seed, unseen=self._unseen, counted=self._counted)
            self._contexts.current = context
            yield context
        finally:
            student.close()
            self._contexts.current = None

    def _judged_in_order(self, context: CaseContext) -> tuple[list[Outcome], list[Outcome]]:
        """Run the public cases and take their times, then the hidden ones; return the outcomes, and those of cases run aside.

        Whatever the code says in a public case it thus says before it has seen a hidden input.
        """
        outcomes: list[Outcome] = []
        closed: dict[str, Case] = {}
        aside: list[Outcome] = []
        for hidden in (False, True):
            runs = [run for run in self._cases if run.case.hidden is hidden]
            outcomes += self._with_times(context, self._run_cases(context, runs, closed))
            if not hidden:
                aside = self._run_aside(context, runs, outcomes)
        return outcomes, aside

    def _run_aside(self, context: CaseContext, runs: Sequence[CaseRun], outcomes: Sequence[Outcome]) -> list[Outcome]:
        """Run public cases that wait for a gate all the same: they earn nothing, but show which inputs the code is right on."""
        by_id = {outcome.case.id: outcome for outcome in outcomes}
        ended = {outcome.case.function for outcome in outcomes if outcome.verdict not in _GOES_ON}
        spent, most = context.student.lifecycle.spent, _ASIDE_SHARE * self._suite.course.policy.submission_seconds
        start = spent()
        aside: list[Outcome] = []
        with context.student.aside(most):
            for run in runs:
                is_waiting = by_id[run.case.id].verdict is Verdict.SKIPPED and not run.takes_time
                if was_stopped((*outcomes, *aside)):
                    break
                if is_waiting and run.case.function not in ended and spent() - start < most:
                    aside.append(self._run_case(run, context))
                    context.student.lifecycle.check()
                    if aside[-1].verdict not in _GOES_ON:
                        ended.add(run.case.function)
        return aside

    def _run_cases(
        self, context: CaseContext, runs: Sequence[CaseRun], closed: dict[str, Case], phase: Phase = Phase.CASES
    ) -> list[Outcome]:
        """Run cases in turn; `closed` holds the gates that did not pass, by function."""
        outcomes: list[Outcome] = []
        for number, run in enumerate(runs, 1):
            case = run.case
            if was_stopped(outcomes[-1:]):
                outcomes.append(stop_at(case))
                continue
            self._suite.tell(JudgeStep(phase, case.function, number, len(runs)))
            if case.function in closed:
                waits = f'waits for "{closed[case.function].title}"'
                outcomes.append(Outcome(case, Verdict.SKIPPED, 0.0, waits))
                continue
            outcome = self._run_case(run, context)
            # The test may have gone on without its answer, and there is nothing to go on with.
            context.student.lifecycle.check()
            outcomes.append(outcome)
            if outcome.verdict is not Verdict.PASSED and run.gate and not self._suite.open_gates:
                closed[case.function] = case
        return outcomes

    def _run_case(self, run: CaseRun, context: CaseContext) -> Outcome:
        lifecycle = context.student.lifecycle
        before, asked = len(context.student.calls), lifecycle.answered
        context.begin(run.case)
        start = time.monotonic()
        # The solution alone, in the rehearsal, may take the time to compile; a notebook's own kernel is no judge's to limit.
        is_limited = context.student.is_elsewhere or (self._is_rehearsed and bool(context.seed))
        try:
            ended = run_within_limits(run) if is_limited else run.run()
        except KeyboardInterrupt as interrupt:
            if not context.student.is_watched:
                raise
            return replace(stop_at(run.case, str(interrupt)), seconds=time.monotonic() - start)
        seconds = time.monotonic() - start
        made = context.student.calls[before:]
        is_beyond = is_limited and went_beyond(ended)
        if is_beyond:
            right = self._extents.get(run.case.id, Extent()) if self._extents else None
            outcome = beyond(run.case, ended, extent_of(made), right)
        else:
            outcome = outcome_of(run.case, ended, answered=lifecycle.answered > asked)
        outcome = replace(outcome, seconds=seconds)
        if run.case.hidden or not (context.seed and context.drawn):
            return outcome
        return on_own_inputs(outcome, ended, said_by_code=is_beyond or isinstance(ended.error, StudentFailure))

    def _with_times(self, context: CaseContext, outcomes: list[Outcome]) -> list[Outcome]:
        ran = {outcome.case.id for outcome in outcomes}
        budgets = {budget.case: budget for budget in context.budgets if budget.case in ran}
        if budgets:
            self._suite.tell(JudgeStep(Phase.TIMES))
        where = self._measured(context, budgets.values()) if not was_stopped(outcomes) else ""
        if where is not None:
            return [
                stop_at(outcome.case, where) if outcome.case.id in budgets and outcome.verdict is Verdict.PASSED else outcome
                for outcome in outcomes
            ]
        return [
            timed_outcome(outcome, budgets[outcome.case.id])
            if outcome.case.id in budgets and outcome.verdict is Verdict.PASSED
            else outcome
            for outcome in outcomes
        ]

    def _measured(self, context: CaseContext, budgets: Iterable[RegisteredBudget]) -> str | None:
        """Take the times of functions; return None, or at what that was where it was stopped."""
        try:
            measure([budget.measurement for budget in budgets])
        except KeyboardInterrupt as interrupt:
            if not context.student.is_watched:
                raise
            return str(interrupt)
        context.student.lifecycle.check()
        return None

    def close(self) -> None:
        """End what was started for known mistakes."""
        if self._knowledge is not None:
            self._knowledge.close()

    def _what_is_known(self) -> Knowledge:
        if self._knowledge is None:
            self._knowledge = self._answer_key.knowledge()
        return self._knowledge

    def _sound(self, outcomes: Sequence[Outcome], name: str) -> list[Outcome]:
        """Return the outcomes with a fault in place of each that the solution would not pass either."""
        reasons = self._unsound | self._unsound_on_own_inputs(outcomes, name)
        return [
            unsound(outcome.case, reasons[outcome.case.id]) if outcome.case.id in reasons else outcome for outcome in outcomes
        ]

    def _unsound_on_own_inputs(self, outcomes: Sequence[Outcome], name: str) -> dict[str, str]:
        """Return why the solution does not pass cases in which a graded student failed, with the inputs of that student."""
        failed = {outcome.case.id for outcome in outcomes if can_be_named(outcome)}
        runs = [run for run in self._cases if run.case.id in failed and not run.takes_time]
        if not runs or not self._suite.secret or self._answer_key.solution is None:
            return {}
        with self._running(self._answer_key.solution.open(), name) as context:
            return _reasons(self._run_cases(context, runs, {}))


def _has_to_be_explained(outcome: Outcome) -> bool:
    return can_be_named(outcome) or ended_without_answers(outcome) or outcome.verdict is Verdict.UNFINISHED


def _reasons(outcomes: Iterable[Outcome]) -> dict[str, str]:
    """Return what the staff reads of each case that did not pass."""
    failed = (outcome for outcome in outcomes if outcome.verdict is not Verdict.PASSED)
    return {outcome.case.id: outcome.for_staff or outcome.for_student for outcome in failed}


def _ratio(outcome: Outcome, budget: RegisteredBudget | None) -> CaseRatio:
    if budget is not None and outcome.verdict is Verdict.PASSED:
        if budget.measurement.failure is None:
            return CaseRatio(outcome.case, budget.ratio, looped=budget.terms.looped)
        outcome = timed_outcome(outcome, budget)
    said = " ".join(f"{outcome.verdict.value}. {outcome.for_student} {outcome.for_staff}".split())
    return CaseRatio(outcome.case, None, said)


def _undisturbed(attempt: Callable[[], tuple[T, bool]]) -> T:
    """Return the result of the first attempt during which nothing outside ended a worker, or else of the last."""
    for _ in range(_TRIES - 1):
        found, disturbed = attempt()
        if not disturbed:
            return found
    return attempt()[0]
