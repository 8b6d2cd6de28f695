"""Submissions in, Reports out: a unit's tests are collected once, then run on one submission after the other."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from cnngrade.judge.case_context import CurrentContext
from cnngrade.judge.case_run import CaseRun
from cnngrade.judge.cases import Gate
from cnngrade.judge.judgement import Judgement
from cnngrade.judge.pytest_session import in_pytest
from cnngrade.judge.session import CaseRatio, JudgeSession
from cnngrade.judge.suite import Suite
from cnngrade.model import Outcome, Report
from cnngrade.student.candidate import Candidate


def judge_class_work(suite: Suite, candidates: Iterable[Candidate], on_judgement: Callable[[Judgement], None]) -> None:
    """Judge submissions and hand on each Judgement as soon as it is there: a class takes long, and may be interrupted.

    Raises CourseError when the tests cannot be run at all.
    """
    answer_key = suite.answers()

    def work(cases: Sequence[CaseRun], contexts: CurrentContext) -> None:
        session = JudgeSession(suite, answer_key, suite.chosen(cases, "tests"), contexts)
        session.rehearse()
        with _frozen_garbage(), contextlib.closing(session):
            for entry in candidates:
                on_judgement(session.judge(entry))

    in_pytest(suite.course, suite.unit, suite.files(), work)


def judge_many(suite: Suite, candidates: Iterable[Candidate], on_report: Callable[[Report], None]) -> None:
    """Judge submissions as `judge_class_work` does, and hand on each Report alone."""
    judge_class_work(suite, candidates, lambda judgement: on_report(judgement.report))


def judge_one(suite: Suite, entry: Candidate) -> Report:
    """Judge one submission; raises CourseError when the tests cannot be run at all."""
    reports: list[Report] = []
    judge_many(suite, [entry], reports.append)
    return reports[0]


def judge_by_function(suite: Suite, candidates: Mapping[str, Iterable[Candidate]]) -> dict[str, list[Report]]:
    """Judge candidates by the cases of one function alone; `candidates` and what is returned are by that function.

    Raises CourseError when the tests cannot be run at all.
    """
    answer_key = suite.answers()
    reports: dict[str, list[Report]] = {}

    def work(cases: Sequence[CaseRun], contexts: CurrentContext) -> None:
        for function, entries in candidates.items():
            of_one = replace(suite, functions=(function,))
            session = JudgeSession(of_one, answer_key, of_one.chosen(cases, "tests"), contexts)
            session.rehearse()
            with _frozen_garbage(), contextlib.closing(session):
                reports[function] = [session.judge(entry).report for entry in entries]

    in_pytest(suite.course, suite.unit, suite.files(), work)
    return reports


def untimed_by_function(suite: Suite, candidates: Mapping[str, Iterable[Candidate]]) -> dict[str, list[list[Outcome]]]:
    """Return how the cases of one function end for each candidate, without those that take time.

    `candidates` and what is returned are by that function. Raises CourseError when the tests cannot be run at all.
    """
    answer_key = suite.answers()
    found: dict[str, list[list[Outcome]]] = {}

    def work(cases: Sequence[CaseRun], contexts: CurrentContext) -> None:
        for function, entries in candidates.items():
            chosen = [entry for entry in cases if entry.case.function == function and not entry.takes_time]
            session = JudgeSession(suite, answer_key, chosen, contexts)
            found[function] = [session.untimed(entry) for entry in entries]

    in_pytest(suite.course, suite.unit, suite.files(), work)
    return found


def judge_untimed(suite: Suite, candidates: Iterable[Candidate]) -> list[list[Outcome]]:
    """Return, for each candidate, how its cases end, without those that take time.

    Raises CourseError when the tests cannot be run at all.
    """
    answer_key = suite.answers()
    found: list[list[Outcome]] = []

    def work(cases: Sequence[CaseRun], contexts: CurrentContext) -> None:
        chosen = suite.chosen((entry for entry in cases if not entry.takes_time), "case that takes no time")
        session = JudgeSession(suite, answer_key, chosen, contexts)
        found.extend(session.untimed(entry) for entry in candidates)

    in_pytest(suite.course, suite.unit, suite.files(), work)
    return found


def gates_of(suite: Suite) -> list[Gate]:
    """Return the gates among the tests; raises CourseError when the tests cannot be run at all."""
    found: list[Gate] = []

    def work(cases: Sequence[CaseRun], _: CurrentContext) -> None:
        found.extend(entry.gate for entry in suite.chosen(cases, "tests") if entry.gate)

    in_pytest(suite.course, suite.unit, suite.files(), work)
    return found


def measure_ratios(suite: Suite, candidates: Iterable[Candidate], samples: int) -> list[tuple[CaseRatio, ...]]:
    """Return, for each candidate, the ratio of every budget case, from that many samples, whatever its limit.

    Raises CourseError when the tests cannot be run at all.
    """
    answer_key = suite.answers()
    found: list[tuple[CaseRatio, ...]] = []

    def work(cases: Sequence[CaseRun], contexts: CurrentContext) -> None:
        chosen = suite.chosen((entry for entry in cases if entry.takes_time), "case with the fixture budget")
        session = JudgeSession(suite, answer_key, chosen, contexts)
        with _frozen_garbage():
            found.extend(session.ratios(entry, samples) for entry in candidates)

    in_pytest(suite.course, suite.unit, suite.files(), work)
    return found


@contextlib.contextmanager
def _frozen_garbage() -> Iterator[None]:
    """Keep the garbage collector from what is loaded now: it stays to the end."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
