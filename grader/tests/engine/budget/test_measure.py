"""The timing protocol: its decisions, fed with clocks whose times are known."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from cnngrade.budget.baseline import neutral_work
from cnngrade.budget.measure import BURST, ENOUGH_SAMPLES, SPREAD_SECONDS, STAGES, Measurement, estimate, measure, one_call
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
    work = Measurement(steady(ratio * 1e-4), steady(1e-4), limits=(10.0,))
    measure([work])
    assert work.ratio == pytest.approx(ratio)


def test_clear_cases_take_few_samples() -> None:
    """far from the limit three samples decide, near it more are taken, up to the last stage"""
    easy, close = (Measurement(steady(seconds), steady(1e-4), limits=(10.0,)) for seconds in (1e-4, 9.9e-4))
    measure([easy, close])
    assert len(easy.student_times) == STAGES[0][0]
    assert len(close.student_times) == STAGES[-1][0]


def test_noise_only_adds() -> None:
    """with most samples late by half on average, the ratio of minima is still the ratio"""
    found = []
    for seed in range(20):
        work = Measurement(noisy(5e-4, seed), noisy(1e-4, seed + 100), limits=(5.2,))
        measure([work])
        found.append(work.ratio)
    assert np.abs(np.array(found) / 5 - 1).max() < 0.15


def test_the_hopeless_are_ended_after_two_calls() -> None:
    """a function far beyond its limit is called twice, and the ratio is known"""
    calls: list[int] = []

    def slow(count: int, _before: int) -> float:
        calls.append(count)
        return count * 1.0

    work = Measurement(slow, steady(1e-4), limits=(10.0,))
    measure([work])
    assert calls == [1, 1]
    assert work.ratio == pytest.approx(1e4)


def test_one_slow_first_call_does_not_condemn() -> None:
    """a first call that compiles or fills caches is not taken for the function's time"""
    times = itertools.chain([1.0], itertools.repeat(1e-4))
    work = Measurement(lambda calls, before: calls * next(times), steady(1e-4), limits=(10.0,))
    measure([work])
    assert work.ratio == pytest.approx(1.0)


def test_a_call_that_fails_is_kept_and_costs_no_other() -> None:
    """an exception ends that measurement alone"""

    def failing(_calls: int, _before: int) -> float:
        raise StudentRaised("no")

    bad, good = Measurement(failing, steady(1e-4), limits=(10.0,)), Measurement(steady(1e-4), steady(1e-4), limits=(10.0,))
    measure([bad, good])
    assert isinstance(bad.failure, StudentRaised)
    assert good.ratio == pytest.approx(1.0)


def test_the_neutral_work_is_work() -> None:
    """the baseline of students' machines computes without an error"""
    neutral_work(2)


def test_late_bursts_are_spread(monkeypatch: pytest.MonkeyPatch) -> None:
    """where few measurements are left their bursts are apart in time; three and more follow one another at once"""
    pauses: list[float] = []
    monkeypatch.setattr("cnngrade.budget.measure.time.sleep", pauses.append)
    measure([Measurement(steady(9.9e-4), steady(1e-4), limits=(10.0,))])
    assert len(pauses) == STAGES[-1][0] // BURST - 1
    pauses.clear()
    measure([Measurement(steady(9.9e-4), steady(1e-4), limits=(10.0,)) for _ in range(3)])
    assert pauses == []


def test_a_baseline_that_is_timed_already_is_not_timed_again() -> None:
    """what one call takes can be told; then only samples are taken"""
    asked: list[int] = []

    def baseline(calls: int, _before: int) -> float:
        asked.append(calls)
        return calls * 1e-3

    work = Measurement(steady(1e-3), baseline, limits=(10.0,), baseline_call=1e-3)
    measure([work])
    assert asked == [1] * STAGES[0][0]
    assert work.ratio == pytest.approx(1.0)


def test_an_estimate_takes_fewer_samples() -> None:
    """a measurement close to its limit ends with the samples that were asked for"""
    work = Measurement(steady(9.9e-4), steady(1e-4), limits=(10.0,), most_samples=ENOUGH_SAMPLES)
    measure([work])
    assert len(work.student_times) == ENOUGH_SAMPLES


def test_long_calls_need_fewer_samples() -> None:
    """a second of calls is enough, however close the limit: they are no faster for being repeated"""
    work = Measurement(steady(0.099), steady(0.01), limits=(10.0,))
    measure([work])
    assert len(work.student_times) == ENOUGH_SAMPLES


def test_a_short_call_is_not_hopeless() -> None:
    """two short calls on cold caches say nothing: samples are taken"""
    times = itertools.chain([1.9e-3, 1.9e-3], itertools.repeat(1e-5))
    work = Measurement(lambda calls, before: calls * next(times), steady(1e-5), limits=(10.0,))
    measure([work])
    assert work.ratio == pytest.approx(1.0)


# Calls of this length and longer are timed one by one, and a power of two leaves no rounding in a ratio.
SINGLE = 2.0**-12


@dataclass
class Clock:
    """Says that every call takes `seconds`, the first ones `at_first`; keeps (timed calls, untimed calls before them)."""

    seconds: float
    at_first: tuple[float, ...] = ()
    asked: list[tuple[int, int]] = field(default_factory=list)

    def __call__(self, calls: int, before: int) -> float:
        self.asked.append((calls, before))
        number = len(self.asked) - 1
        return calls * (self.at_first[number] if number < len(self.at_first) else self.seconds)


def measured(
    student: Timed, baseline: Timed | None = None, limit: float = 10.0, most_samples: int = STAGES[-1][0]
) -> Measurement:
    work = Measurement(student, baseline or student, (limit,), most_samples=most_samples)
    measure([work])
    return work


def above(number: float) -> float:
    return float(np.nextafter(number, np.inf))


@pytest.mark.parametrize(
    ("samples", "passes_from", "fails_beyond", "or_else"),
    [
        (3, 1.7, 5.0, 6), (6, 1.65, 4.0, 12), (12, 1.6, 3.0, 24), (24, 1.5, 2.2, 48), (48, 1.35, 1.5, 96), (96, 1.15, 1.2, 192)
    ],
)  # fmt: skip
def test_each_stage_decides_what_is_far_enough(samples: int, passes_from: float, fails_beyond: float, or_else: int) -> None:
    """a ratio of limit / 1.7 passes after 3 samples, one just above it needs 6; one just above 5 * limit fails after 3"""
    passing, failing = 2 / passes_from, 2 * fails_beyond
    taken = [
        len(measured(steady(ratio * SINGLE), steady(SINGLE), limit=2).student_times)
        for ratio in (passing, above(passing), above(failing), failing)
    ]
    assert taken == [samples, or_else, samples, or_else]


@pytest.mark.parametrize("ratio", [1.9, 2.0, 2.1, 2.3])
def test_the_last_stage_decides_everything(ratio: float) -> None:
    """after 192 samples a ratio counts as it is, even where more samples would be allowed"""
    assert len(measured(steady(ratio * SINGLE), steady(SINGLE), limit=2, most_samples=1000).student_times) == 192


@pytest.mark.parametrize(
    ("ratio", "samples"),
    [
        (0.5, 3), (0.95, 192), (1.1, 192), (2.0, 48), (4.5, 6), (5.5, 3), (6.2, 12), (7.0, 48), (9.5, 192), (11.0, 192),
        (13.0, 96), (55.0, 3),
    ],
)  # fmt: skip
def test_a_ratio_is_clear_of_every_limit(ratio: float, samples: int) -> None:
    """with two limits a ratio near either is sampled on, also where it is far from the other; their order is no matter"""
    for limits in ((1.0, 10.0), (10.0, 1.0)):
        work = Measurement(steady(ratio * SINGLE), steady(SINGLE), limits)
        measure([work])
        assert len(work.student_times) == samples


@pytest.mark.parametrize(("ratio", "calls"), [(59.0, 4), (61.0, 2)])
def test_hopeless_is_beyond_every_limit(ratio: float, calls: int) -> None:
    """two calls decide only beyond six times the highest limit, not where a lower one alone is out of reach"""
    clock = Clock(ratio * 1e-3)
    measure([Measurement(clock, steady(1e-3), (1.0, 10.0), baseline_call=1e-3, most_samples=3)])
    assert len(clock.asked) == calls


def test_samples_end_with_the_burst_that_has_enough() -> None:
    """a number of samples that is not a multiple of three is rounded up"""
    assert len(measured(steady(2 * SINGLE), steady(SINGLE), limit=2, most_samples=10).student_times) == 12


@pytest.mark.parametrize(
    ("seconds", "calls", "before"),
    [
        (0.0, 50, 50),
        (1e-6, 50, 50),
        (30e-6, 8, 7),
        (70e-6, 4, 3),
        (125e-6, 2, 2),
        (1e-3, 1, 1),
        (2e-3, 1, 1),
        (2.1e-3, 1, 0),
        (0.1, 1, 0),
    ],
)
def test_a_sample_fills_a_quarter_of_a_millisecond(seconds: float, calls: int, before: int) -> None:
    """up to 50 calls are timed for 0.25 ms, after up to 50 untimed ones for 0.2 ms; none go before calls longer than 2 ms"""
    student, baseline = Clock(seconds), Clock(seconds)
    measured(student, baseline)
    assert student.asked == [(1, 0)] + [(calls, before)] * 3
    assert baseline.asked[5:] == [(calls, before)] * 3


def test_one_call_is_the_fastest_of_five() -> None:
    """what one call takes is the least of five single calls, of which the first is warmed up"""
    clock = Clock(9.0, at_first=(5.0, 4.0, 3.0, 1.0, 2.0))
    assert one_call(clock) == 1.0
    assert clock.asked == [(1, 1), (1, 0), (1, 0), (1, 0), (1, 0)]


def test_a_baseline_too_short_for_the_clock() -> None:
    """a baseline of no time at all counts as a nanosecond"""
    assert measured(steady(2e-9), steady(0.0)).ratio == pytest.approx(2.0)
    assert measured(steady(0.0), steady(0.0)).ratio == 0.0


def test_hopeless_is_more_than_six_times_the_limit() -> None:
    """six times the limit is sampled; just above it, two calls are enough and the quicker one counts"""
    hopeless = 6 * 2 * 2.0**-10
    sampled, ended, again = Clock(hopeless), Clock(above(hopeless)), Clock(hopeless, at_first=(above(hopeless),))
    assert len(measured(sampled, steady(2.0**-10), limit=2).student_times) == 3
    assert measured(ended, steady(2.0**-10), limit=2).student_times == [above(hopeless)]
    assert ended.asked == [(1, 0), (1, 0)]
    assert len(measured(again, steady(2.0**-10), limit=2).student_times) == 3
    for at_first in ((2.0, 1.0), (1.0, 2.0)):
        assert measured(Clock(9.0, at_first), steady(1e-3), limit=2).ratio == pytest.approx(1000)


@pytest.mark.parametrize(("at_first", "single_calls"), [((2e-3, 2e-3), 1), ((2.1e-3, 1e-5), 2), ((1.0, 30e-6), 2)])
def test_a_first_call_is_repeated_before_it_condemns(at_first: tuple[float, ...], single_calls: int) -> None:
    """a first call of up to 2 ms is not repeated, whatever the limit; of a longer one and its repetition the quicker counts"""
    clock = Clock(at_first[-1], at_first)
    work = measured(clock, steady(at_first[-1]))
    assert clock.asked[:single_calls] == [(1, 0)] * single_calls
    assert len(clock.asked) == single_calls + 3
    assert work.ratio == pytest.approx(1.0)


def test_samples_alternate_and_bursts_go_round() -> None:
    """each sample begins with the side that the one before ended with; each work has three samples, then the next has"""
    order: list[str] = []

    def noted(name: str) -> Timed:
        def timed(calls: int, _before: int) -> float:
            order.append(name)
            return calls * SINGLE

        return timed

    # Two works close to their limits, whose first calls are known: one call of each student, then only samples.
    works = [
        Measurement(noted(name), noted(f"baseline of {name}"), (1.0,), baseline_call=SINGLE, most_samples=6) for name in "ab"
    ]
    measure(works)
    assert order[:2] == ["a", "b"]
    first = ["baseline of a", "a", "a", "baseline of a", "baseline of a", "a"]
    second = ["a", "baseline of a", "baseline of a", "a", "a", "baseline of a"]
    of_b = [[name.replace("a", "b") if name == "a" else "baseline of b" for name in burst] for burst in (first, second)]
    assert order[2:] == [*first, *of_b[0], *second, *of_b[1]]


def test_one_spell_of_noise_does_not_cover_all_bursts(monkeypatch: pytest.MonkeyPatch) -> None:
    """the bursts of one or two works close to their limits are spread over more than the second that a spell takes"""
    pauses: list[float] = []
    monkeypatch.setattr("cnngrade.budget.measure.SPREAD_SECONDS", SPREAD_SECONDS)
    monkeypatch.setattr("cnngrade.budget.measure.time.sleep", pauses.append)
    for count in (1, 2):
        pauses.clear()
        measure([Measurement(steady(SINGLE), steady(SINGLE), limits=(1.0,)) for _ in range(count)])
        assert len(pauses) == 63 * count
        assert count < sum(pauses) < 2 * count


def test_a_sample_that_fails_ends_that_work_alone() -> None:
    """after an exception among the samples that work is not called again, and the others have all their samples"""
    clock = Clock(SINGLE)

    def failing(calls: int, before: int) -> float:
        if len(clock.asked) == 6:
            raise StudentRaised("no")
        return clock(calls, before)

    works = [Measurement(student, steady(SINGLE), limits=(1.0,)) for student in (steady(SINGLE), failing, steady(SINGLE))]
    measure(works)
    assert [type(work.failure) for work in works] == [type(None), StudentRaised, type(None)]
    assert [len(work.student_times) for work in works] == [192, 5, 192]


@pytest.mark.parametrize(("seconds", "samples"), [(2.0**-2, 24), (2.0**-5, 33), (2.0**-6, 66)])
def test_a_second_of_calls_is_enough(seconds: float, samples: int) -> None:
    """close to the limit no more is sampled once the student's calls have taken a second, but 24 samples at least"""
    assert len(measured(steady(seconds), steady(seconds), limit=1.0).student_times) == samples


def test_an_estimate_takes_its_samples_whatever_the_limit() -> None:
    """every work has as many samples as were asked for, each of them filled by calls as a sample is"""
    student, baseline = Clock(30e-6), Clock(125e-6)
    works = [Measurement(student, baseline, limits=(1e-9,)), Measurement(steady(1e-4), steady(1e-4), limits=(1e9,))]
    estimate(works, 7)
    assert [len(work.student_times) for work in works] == [7, 7]
    assert [work.ratio for work in works] == pytest.approx([0.24, 1.0])
    assert student.asked == [(1, 0)] + [(8, 7)] * 7
    assert baseline.asked[5:] == [(2, 2)] * 7


@pytest.mark.parametrize(("seconds", "samples"), [(0.05, 6), (0.1, 3), (0.2, 2), (0.3, 1), (5.0, 1)])
def test_an_estimate_of_long_calls_is_short(seconds: float, samples: int) -> None:
    """samples end when they have taken more than a quarter of a second; of a call that takes longer, the first one counts"""
    student = Clock(seconds)
    work = Measurement(student, steady(1e-3), limits=(10.0,))
    estimate([work], 100)
    assert len(work.student_times) == samples
    assert len(student.asked) == (1 if seconds > 0.25 else 1 + samples)
    assert work.ratio == pytest.approx(seconds / 1e-3)


def test_an_estimate_that_fails_costs_no_other() -> None:
    """an exception is kept, and the works after it are estimated"""

    def failing(_calls: int, _before: int) -> float:
        raise StudentRaised("no")

    bad, good = Measurement(failing, steady(1e-4), limits=(10.0,)), Measurement(steady(1e-4), steady(1e-4), limits=(10.0,))
    estimate([bad, good], 3)
    assert isinstance(bad.failure, StudentRaised)
    assert len(good.student_times) == 3


@dataclass
class Audited:
    """A process whose calls take `seconds` and which says that they take `says`; notes the numbers of calls of audits.

    The first `disturbed` audits see three times as much from outside. Each audit sees what it takes to fill the caches, `cold`
    seconds, as well.
    """

    seconds: float
    says: float
    disturbed: int = 0
    cold: float = 0.0
    asked: list[int] = field(default_factory=list)

    def timed(self, calls: int, before: int) -> float:
        return calls * self.says

    def audit(self, calls: int, longer: int) -> tuple[float, float]:
        self.asked.append(longer * calls)
        seen = self.seconds + self.cold / (longer * calls)
        return self.says, seen * (3.0 if len(self.asked) <= self.disturbed else 1.0)

    def measured(self, limit: float = 10.0) -> Measurement:
        work = Measurement(self.timed, steady(SINGLE), (limit,), baseline_call=SINGLE, audit=self.audit)
        measure([work])
        return work


@pytest.mark.parametrize("says", [0.0, 1e-9, SINGLE / 2, SINGLE])
def test_a_lie_leaves_what_an_audit_says(says: float) -> None:
    """whatever is said of the time, the ratio is not below what was seen from outside"""
    for limit in (10.0, 3.0, 2.5):
        assert Audited(3 * SINGLE, says).measured(limit).ratio == pytest.approx(3.0)


def test_honest_code_keeps_its_exact_time() -> None:
    """an audit that says less than is stated changes nothing, and three samples have one"""
    process = Audited(0.8 * SINGLE, SINGLE)
    assert process.measured().ratio == 1.0
    assert len(process.asked) == 1


def test_a_disturbed_audit_is_made_again() -> None:
    """one audit that says too much is followed by others at once, three in all for the first sample that has them"""
    for disturbed, audits in ((1, 2), (2, 3)):
        process = Audited(0.8 * SINGLE, SINGLE, disturbed)
        assert process.measured().ratio == 1.0
        assert len(process.asked) == audits
    process = Audited(0.8 * SINGLE, SINGLE, disturbed=100)
    assert process.measured(limit=100.0).ratio == pytest.approx(2.4)
    assert process.asked == [4, 4, 4]


@pytest.mark.parametrize(("cold", "audits"), [(0.7, [4]), (0.9, [4, 4, 4, 3, 3, 9]), (1.7, [4, 4, 4, 3, 3, 9])])
def test_cold_caches_condemn_nobody(cold: float, audits: list[int]) -> None:
    """what an audit takes to fill its caches, be it more than a call, is little in one of three times as many calls"""
    process = Audited(0.8 * SINGLE, SINGLE, cold=cold * SINGLE)
    assert process.measured(limit=1.7).ratio == 1.0
    assert process.asked == audits


def test_audits_alone_fail_nobody_early() -> None:
    """a function whose samples are within its limit is failed by audits after all samples, not after three"""
    process = Audited(12 * SINGLE, SINGLE)
    assert len(process.measured().student_times) == 192
    assert len(Audited(55 * SINGLE, 55 * SINGLE).measured().student_times) == 3
    # Disturbed for 32 bursts, right afterwards: passed.
    assert Audited(0.8 * SINGLE, SINGLE, disturbed=96).measured(limit=1.0).ratio == 1.0


@pytest.mark.parametrize(("seconds", "samples"), [(2.0**-2, 24), (2.0**-5, 33), (2.0**-6, 66)])
def test_a_second_of_calls_is_enough_whatever_is_said_of_them(seconds: float, samples: int) -> None:
    """code whose calls are long, and which says that they are short, is not sampled to the end"""
    assert len(Audited(seconds, SINGLE).measured().student_times) == samples


@pytest.mark.parametrize(
    ("says", "limit", "calls"),
    [(SINGLE, 10.0, 4), (10 * SINGLE, 100.0, 1), (SINGLE / 8, 10.0, 25), (1e-9, 10.0, 50), (7 * SINGLE, 1.0, 4)],
)
def test_an_audit_fills_three_quarters_of_a_millisecond(says: float, limit: float, calls: int) -> None:
    """with calls as long as is said, or as a function at its limit takes if that is less; 50 at most"""
    process = Audited(0.5 * says, says)
    process.measured(limit)
    assert process.asked[0] == calls


def test_of_several_limits_the_lowest_says_how_long_an_audit_is() -> None:
    """a function at that limit, which says that it takes longer, is audited long enough as well"""
    process = Audited(0.5 * SINGLE, 7 * SINGLE)
    measure([Measurement(process.timed, steady(SINGLE), (1.0, 100.0), baseline_call=SINGLE, audit=process.audit)])
    assert process.asked[0] == 4


def test_calls_that_are_said_to_be_short_at_first_are_counted_anew() -> None:
    """a first call that is said to take no time makes the first samples long, and not the following ones"""
    asked: list[int] = []

    def timed(calls: int, _before: int) -> float:
        asked.append(calls)
        return calls * (1e-9 if len(asked) == 1 else 9.9 * SINGLE)

    measure([Measurement(timed, steady(SINGLE), (10.0,), baseline_call=SINGLE)])
    assert asked[:4] == [1, 50, 50, 50]
    assert set(asked[4:]) == {1}


def test_long_calls_are_all_seen_from_outside() -> None:
    """calls that no untimed ones come before are audited in each sample"""
    process = Audited(5e-3, 6e-3)
    assert process.measured(limit=100.0).ratio == pytest.approx(6e-3 / SINGLE)
    assert process.asked == [1, 1, 1]


def test_an_estimate_is_not_audited() -> None:
    """the course's own variants are believed: what disturbs an audit does not move the limit that is proposed"""
    process = Audited(3 * SINGLE, SINGLE)
    work = Measurement(process.timed, steady(SINGLE), (10.0,), audit=process.audit)
    estimate([work], 7)
    assert work.ratio == 1.0
    assert process.asked == []
