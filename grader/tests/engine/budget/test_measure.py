"""The timing protocol: its decisions, fed with clocks whose times are known."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest

from cnngrade.budget.baseline import neutral_work
from cnngrade.budget.measure import BURST, ENOUGH_SAMPLES, STAGES, Measurement, measure
from cnngrade.errors import StudentRaised

Timed = Callable[[int, int], float]


def steady(seconds: float) -> Timed:
    return lambda calls, before: calls * seconds


def noisy(seconds: float, seed: int) -> Timed:
    """Return a clock that mostly runs late, as on a machine with other work to do."""
    rng = np.random.default_rng(seed)

    def late() -> float:
        return rng.exponential(0.5) if rng.random() < 0.8 else 0.0

    def timed(calls: int, before: int) -> float:
        if before:
            late()
        return calls * seconds * (1 + late())

    return timed


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """These clocks know no spells of noise that would have to be waited for."""
    monkeypatch.setattr("cnngrade.budget.measure.SPREAD_SECONDS", 0.0)


@pytest.mark.parametrize("ratio", [0.5, 1.0, 9.9, 10.1, 20.0])
def test_the_ratio_is_found(ratio: float) -> None:
    """the estimate is the ratio of the times"""
    work = Measurement(steady(ratio * 1e-4), steady(1e-4), limit=10.0)
    measure([work])
    assert work.ratio == pytest.approx(ratio)


def test_clear_cases_take_few_pairs() -> None:
    """far from the line three samples decide, near it more are taken, up to the last stage"""
    easy, close = Measurement(steady(1e-4), steady(1e-4), limit=10.0), Measurement(steady(9.9e-4), steady(1e-4), limit=10.0)
    measure([easy, close])
    assert len(easy.student_times) == STAGES[0][0]
    assert len(close.student_times) == STAGES[-1][0]


def test_noise_only_adds() -> None:
    """with most samples late by half on average, the ratio of minima is still the ratio"""
    found = []
    for seed in range(20):
        work = Measurement(noisy(5e-4, seed), noisy(1e-4, seed + 100), limit=5.2)
        measure([work])
        found.append(work.ratio)
    assert np.abs(np.array(found) / 5 - 1).max() < 0.15


def test_the_hopeless_are_ended_after_two_calls() -> None:
    """a function far beyond its line is called twice, and the ratio is known"""
    calls: list[int] = []

    def slow(count: int, _before: int) -> float:
        calls.append(count)
        return count * 1.0

    work = Measurement(slow, steady(1e-4), limit=10.0)
    measure([work])
    assert calls == [1, 1]
    assert work.ratio == pytest.approx(1e4)


def test_one_slow_first_call_does_not_condemn() -> None:
    """a first call that compiles or fills caches is not taken for the function's time"""
    times = itertools.chain([1.0], itertools.repeat(1e-4))
    work = Measurement(lambda calls, before: calls * next(times), steady(1e-4), limit=10.0)
    measure([work])
    assert work.ratio == pytest.approx(1.0)


def test_a_call_that_fails_is_kept_and_costs_no_other() -> None:
    """an exception ends that work alone"""

    def failing(_calls: int, _before: int) -> float:
        raise StudentRaised("no")

    bad, good = Measurement(failing, steady(1e-4), limit=10.0), Measurement(steady(1e-4), steady(1e-4), limit=10.0)
    measure([bad, good])
    assert isinstance(bad.failure, StudentRaised)
    assert good.ratio == pytest.approx(1.0)


def test_the_neutral_work_is_work() -> None:
    """the baseline of students' machines computes without an error"""
    neutral_work(2)


def test_late_bursts_are_spread(monkeypatch: pytest.MonkeyPatch) -> None:
    """where few works are left their bursts lie apart in time; three and more follow one another at once"""
    pauses: list[float] = []
    monkeypatch.setattr("cnngrade.budget.measure.time.sleep", pauses.append)
    measure([Measurement(steady(9.9e-4), steady(1e-4), limit=10.0)])
    assert len(pauses) == STAGES[-1][0] // BURST - 1
    pauses.clear()
    measure([Measurement(steady(9.9e-4), steady(1e-4), limit=10.0) for _ in range(3)])
    assert pauses == []


def test_a_yardstick_that_is_timed_already_is_not_timed_again() -> None:
    """what one call takes can be told; then only samples are taken"""
    asked: list[int] = []

    def baseline(calls: int, _before: int) -> float:
        asked.append(calls)
        return calls * 1e-3

    work = Measurement(steady(1e-3), baseline, limit=10.0, baseline_call=1e-3)
    measure([work])
    assert asked == [1] * STAGES[0][0]
    assert work.ratio == pytest.approx(1.0)


def test_an_estimate_takes_fewer_pairs() -> None:
    """a work close to its line ends with the samples that were asked for"""
    work = Measurement(steady(9.9e-4), steady(1e-4), limit=10.0, most_samples=ENOUGH_SAMPLES)
    measure([work])
    assert len(work.student_times) == ENOUGH_SAMPLES


def test_long_calls_need_fewer_pairs() -> None:
    """a second of calls is enough, however close the line: they are no quicker for being repeated"""
    work = Measurement(steady(0.099), steady(0.01), limit=10.0)
    measure([work])
    assert len(work.student_times) == ENOUGH_SAMPLES


def test_a_short_call_is_not_hopeless() -> None:
    """two short calls on cold caches say nothing: samples are taken"""
    times = itertools.chain([1.9e-3, 1.9e-3], itertools.repeat(1e-5))
    work = Measurement(lambda calls, before: calls * next(times), steady(1e-5), limit=10.0)
    measure([work])
    assert work.ratio == pytest.approx(1.0)
