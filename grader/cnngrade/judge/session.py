"""One submission in, one Report out.

A judge runs a unit's tests in one pytest session and puts submission after submission before them: the tests are collected
once, each submission has a worker of its own. Nothing of a submission is ever imported here.

Before the first submission the solution itself is judged, where it is at hand. A case that the solution does not pass is
unsound, and whatever a student does in it ends as a `fault`, which costs nothing.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest

from cnngrade.answers.answer_key import AnswerKey, live_answer_key, recorded_answer_key
from cnngrade.answers.diagnosis import diagnose
from cnngrade.answers.knowledge import Knowledge
from cnngrade.budget.measure import estimate, measure
from cnngrade.course import paths
from cnngrade.errors import CnngradeError, CourseError, Fault, StudentFailure, SubmissionError
from cnngrade.judge.budget_case import UnseenInputs
from cnngrade.judge.case_context import CONTEXTS, CaseContext, Judging
from cnngrade.judge.cases import case_of
from cnngrade.judge.compare import Mismatch
from cnngrade.judge.compat import run_by_pytest
from cnngrade.judge.fast_path import Plan, plan
from cnngrade.model import Case, Cost, Course, Outcome, Report, Submission, Unit, Verdict
from cnngrade.scoring import points_for_loops, points_for_ratio, report_of, verdict_for_ratio
from cnngrade.student.candidate import Candidate

_WITHOUT = (
    "cacheprovider", "doctest", "faulthandler", "junitxml", "legacypath", "logging", "pastebin", "setuponly", "setupplan",
    "stepwise", "threadexception", "unittest", "unraisableexception", "warnings", "terminal", "debugging", "recwarn",
)  # fmt: skip


# A worker that something outside has ended (the system, a person) is no verdict: the submission is judged again, twice at most.
_TRIES = 3


class JudgeSession:
    """The pytest plugin object that leads the loop over submissions."""

    def __init__(
        self,
        course: Course,
        unit: Unit,
        answer_key: AnswerKey,
        candidates: Iterable[Candidate],
        on_report: Callable[[Report], None],
        functions: tuple[str, ...],
        secret: str,
        samples: int,
    ) -> None:
        self.course, self.unit, self.answer_key, self.secret, self.samples = course, unit, answer_key, secret, samples
        self.candidates, self.on_report, self.functions = candidates, on_report, functions
        self.judging = Judging()
        self.unseen: dict[str, UnseenInputs] = {}
        self.cases: list[tuple[pytest.Function, Case]] = []
        self._plans: dict[str, Plan | None] = {}
        self.unsound: dict[str, str] = {}
        self.error: BaseException | None = None
        self._raised: BaseException | None = None
        self._phase = ""
        self._knowledge: Knowledge | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Put the judge's context where the fixtures look for one."""
        config.stash[CONTEXTS] = self.judging

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep what went wrong while the tests were read."""
        if report.failed:
            self.error = CourseError(f"The tests of {self.unit.name} cannot be read.\n{report.longreprtext[-3000:]}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport:
        """Keep the exception that ended the case, as an object; pytest's own report of it is costly, and nobody reads it."""
        if call.excinfo is not None and self._raised is None:
            self._raised, self._phase = call.excinfo.value, call.when
        outcome: Literal["passed", "failed"] = "passed" if call.excinfo is None else "failed"
        when = "call" if call.when == "collect" else call.when
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, when)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Judge every candidate."""
        if self.error is None:
            try:
                self._loop(session.items)
            except BaseException as error:
                # pytest would print it as an internal error; it is raised again where the session was started.
                self.error = error
        return True

    def _loop(self, items: list[pytest.Item]) -> None:
        samples = [(item, case_of(item, self.unit)) for item in items if isinstance(item, pytest.Function)]
        self.cases = [(item, case) for item, case in samples if case.function in self.functions]
        if self.samples:
            self.cases = [(item, case) for item, case in self.cases if "budget" in item.fixturenames]
        self._plans = {case.id: plan(item) for item, case in self.cases}
        if not self.cases:
            what = "case with the fixture budget" if self.samples else "tests"
            raise CourseError(f"{self.unit.name} has no {what} of {', '.join(self.functions)}.")
        if self.answer_key.preflight:
            solution = Submission("", self.unit.name, paths.solution_file(self.course, self.unit.name), "")
            rehearsal = self._judge(Candidate(solution, self.answer_key.preflight), with_budgets=False)
            self.unsound = {
                outcome.case.id: outcome.for_staff or outcome.for_student
                for outcome in rehearsal.outcomes
                if outcome.verdict is not Verdict.PASSED
            }
        # What is there now stays to the end: the garbage collector need not go through it again and again.
        gc.freeze()
        try:
            for entry in self.candidates:
                self.on_report(self._judge(entry))
        finally:
            gc.unfreeze()

    def _judge(self, entry: Candidate, with_budgets: bool = True) -> Report:
        for _ in range(_TRIES - 1):
            report, disturbed = self._judge_once(entry, with_budgets)
            if not disturbed:
                return report
        return self._judge_once(entry, with_budgets)[0]

    def _judge_once(self, entry: Candidate, with_budgets: bool) -> tuple[Report, bool]:
        """Return the report, and whether something outside ended a worker meanwhile."""
        start = time.monotonic()
        note = (entry.note,) if entry.note else ()
        try:
            student = entry.open()
        except SubmissionError as error:
            return self._all(entry, Verdict.RAISED, str(error), note), False
        except Fault as error:
            return self._all(entry, Verdict.FAULT, str(error), note), False
        seed = f"{self.secret}/{entry.submission.student}"
        context = CaseContext(self.course, self.unit, student, self.answer_key.reference(), seed, unseen=self.unseen)
        self.judging.current = context
        try:
            outcomes = self._run_cases(context)
            if with_budgets:
                outcomes = self._with_budgets(context, outcomes)
                outcomes = self._with_causes(context, outcomes)
            outcomes = [self._sound(outcome) for outcome in outcomes]
        finally:
            student.close()
            self.judging.current = None
        # Only once the worker has ended is everything there that it printed.
        report = self._report(entry, outcomes, (*note, *student.problems()), student.printed(), time.monotonic() - start)
        return report, student.disturbed

    def _report(
        self, entry: Candidate, outcomes: list[Outcome], problems: tuple[str, ...], printed: str = "", seconds: float = 0.0
    ) -> Report:
        report = report_of(entry.submission, self.unit.title, outcomes, problems, printed, seconds)
        return replace(report, layers=entry.layers)

    def _all(self, entry: Candidate, verdict: Verdict, text: str, note: tuple[str, ...]) -> Report:
        outcomes = [Outcome(case, verdict, 0.0, text if index == 0 else "") for index, (_, case) in enumerate(self.cases)]
        return self._report(entry, outcomes, (*note, text))

    def _run_cases(self, context: CaseContext) -> list[Outcome]:
        outcomes: list[Outcome] = []
        closed: dict[str, Case] = {}
        for item, case in self.cases:
            if case.function in closed:
                waits = f'waits for "{closed[case.function].title}"'
                outcomes.append(Outcome(case, Verdict.SKIPPED, 0.0, waits))
                continue
            outcome = self._run_case(item, case, context)
            outcomes.append(outcome)
            if outcome.verdict is not Verdict.PASSED and item.get_closest_marker("gate"):
                closed[case.function] = case
        return outcomes

    def _run_case(self, item: pytest.Function, case: Case, context: CaseContext) -> Outcome:
        self._raised, calls_before = None, len(context.student.calls)
        if directly := self._plans[case.id]:
            self._phase, self._raised = directly.run()
        else:
            run_by_pytest(item)
        return self._outcome(case, self._raised, any(call.failure is None for call in context.student.calls[calls_before:]))

    def _outcome(self, case: Case, error: BaseException | None, answered: bool) -> Outcome:
        if error is None:
            return Outcome(case, Verdict.PASSED, case.points)
        if isinstance(error, StudentFailure):
            return Outcome(case, Verdict[error.verdict], 0.0, str(error), error.for_staff)
        if isinstance(error, Mismatch):
            return Outcome(case, Verdict.WRONG, 0.0, str(error), cause=error.cause or None)
        if isinstance(error, KeyboardInterrupt):
            raise error
        staff = f"{type(error).__name__}: {error}"
        if isinstance(error, AssertionError) and self._phase == "call":
            return Outcome(case, Verdict.WRONG, 0.0, _first_lines(str(error)), staff)
        if isinstance(error, CnngradeError) or self._phase != "call" or not answered:
            return Outcome(case, Verdict.FAULT, 0.0, "This case could not be judged. It costs you nothing.", staff)
        # The solution passes this case, so it is the student's answer that the test could not work with.
        return Outcome(case, Verdict.WRONG, 0.0, f"The test could not work with the answer: {staff}", staff)

    def _sound(self, outcome: Outcome) -> Outcome:
        if outcome.case.id not in self.unsound:
            return outcome
        cause = f"The solution does not pass this case: {self.unsound[outcome.case.id]}"
        return Outcome(outcome.case, Verdict.FAULT, 0.0, "This case could not be judged. It costs you nothing.", cause)

    def _with_budgets(self, context: CaseContext, outcomes: list[Outcome]) -> list[Outcome]:
        works = [entry.work for entry in context.budgets]
        estimate(works, self.samples) if self.samples else measure(works)
        measured = {entry.case: entry for entry in context.budgets}
        result = []
        for outcome in outcomes:
            entry = measured.get(outcome.case.id)
            if entry is None or outcome.verdict is not Verdict.PASSED:
                result.append(outcome)
            elif entry.work.failure is not None:
                result.append(_budget_failure(outcome, entry.work.failure))
            else:
                ratio = entry.work.ratio / entry.baseline.unit
                cost = Cost(ratio, entry.limit, entry.baseline.estimated, entry.looped)
                result.append(_budget_outcome(outcome, cost))
        return result

    def _with_causes(self, context: CaseContext, outcomes: list[Outcome]) -> list[Outcome]:
        if all(outcome.verdict not in (Verdict.WRONG, Verdict.RAISED) for outcome in outcomes):
            return outcomes
        if self._knowledge is None:
            self._knowledge = self.answer_key.knowledge()
        causes = diagnose(context.student.calls, self._knowledge)
        result = []
        for outcome in outcomes:
            named = causes.get(outcome.case.id, {})
            cause = named.get(outcome.case.function) or next(iter(named.values()), None)
            if cause is None and outcome.cause:
                # What the numbers alone suggest in one case gives way to what explains the function's others.
                others = {found[outcome.case.function] for found in causes.values() if outcome.case.function in found}
                cause = others.pop() if len(others) == 1 else None
            failed = outcome.verdict in (Verdict.WRONG, Verdict.RAISED)
            result.append(replace(outcome, cause=cause) if failed and cause else outcome)
        return result


def _first_lines(text: str) -> str:
    """Return an assertion's own message; what pytest adds below it compares internals."""
    return text.split("\nassert ")[0][:1000]


def _budget_failure(outcome: Outcome, failure: Exception) -> Outcome:
    if isinstance(failure, StudentFailure):
        return Outcome(outcome.case, Verdict[failure.verdict], 0.0, str(failure), failure.for_staff)
    text = "The time could not be measured. It costs you nothing."
    return Outcome(outcome.case, Verdict.FAULT, 0.0, text, f"{type(failure).__name__}: {failure}")


def _budget_outcome(outcome: Outcome, cost: Cost) -> Outcome:
    points, verdict = outcome.case.points, verdict_for_ratio(cost.ratio, cost.limit)
    # What is counted inside the worker is the worker's word: it may take points away, and gives none.
    earned = points_for_loops(points, points_for_ratio(points, cost.ratio, cost.limit), cost.looped)
    return replace(outcome, verdict=Verdict.SLOW if cost.looped else verdict, earned=earned, cost=cost)


@contextlib.contextmanager
def _clean_surroundings(course: Course) -> Iterator[None]:
    """Keep environment variables and modules of other courses out of the session, and leave none behind."""
    saved = {name: os.environ.pop(name) for name in list(os.environ) if name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")}

    def forget() -> None:
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if name.startswith("autograde_tests") or (name == "conftest" and file and str(course.root) in file):
                del sys.modules[name]

    forget()
    try:
        yield
    finally:
        os.environ.update(saved)
        forget()


def judge(
    course: Course,
    unit: Unit,
    candidates: Iterable[Candidate],
    on_report: Callable[[Report], None],
    *,
    hidden: bool,
    answer_key: AnswerKey | None = None,
    functions: tuple[str, ...] = (),
    secret: str = "",
    samples: int = 0,
) -> list[Case]:
    """Judge submissions of one unit and hand each Report to `on_report` as soon as it is there. Returns the unit's cases.

    `hidden` adds the hidden tests. `functions` narrows the cases to those of some of the unit's functions. `secret` goes
    into the random numbers of hidden cases, with the student's name. `samples` leaves only the cases of time budgets and
    measures each by so many samples, whatever its limit: the ratios are asked for then, not the points. Raises CourseError when
    the tests cannot be run at all.
    """
    if answer_key is None:
        answer_key = (
            recorded_answer_key(paths.answers_file(course, unit.name)) if course.handout else live_answer_key(course, unit)
        )
    files = [paths.public_tests(course, unit.name)]
    if hidden:
        files.append(paths.hidden_tests(course, unit.name))
    session = JudgeSession(course, unit, answer_key, candidates, on_report, functions or unit.functions, secret, samples)
    tests = course.root / "autograde_tests"
    arguments: list[Any] = [*map(str, files), "-c", str(Path(__file__).with_name("pytest.ini")), "--import-mode=importlib"]
    arguments += [f"--rootdir={course.root}", f"--confcutdir={tests}", "--capture=no", "--disable-plugin-autoload"]
    arguments += [part for name in _WITHOUT for part in ("-p", f"no:{name}")] + ["-p", "cnngrade.judge.plugin"]
    with _clean_surroundings(course):
        status = pytest.main(arguments, plugins=[session])
    if session.error is not None:
        raise session.error
    if not session.cases:
        raise CourseError(f"The tests of {unit.name} were not run (pytest ended with status {int(status)}).")
    return [case for _, case in session.cases]
