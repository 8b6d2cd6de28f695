"""How long the student's code takes, as a ratio to a baseline measured in the same moments.

A sample is the CPU time of enough calls to fill a quarter of a millisecond, after untimed calls that warm the caches.
Student and baseline are sampled in alternating order, in bursts of three samples that go round robin over all measurements,
and the estimate is the ratio of the two minima: noise only ever adds time. A measurement whose ratio is far from its limit is
decided after three samples, one close to it after up to 192: what memory-bound code loses to the machine's other work comes in
spells of up to a second. Failing early asks for more distance than passing early. Where few measurements are left, their bursts
are spread over time, so that one spell does not cover them all.

The baseline is the reference where it is at hand. On a student's machine it is `neutral_work`, whose own ratio to the
reference was recorded when the unit was released; a ratio made that way is an estimate and says so.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from cnngrade.budget.baseline import Timed
from cnngrade.runtime import settle_allocator

SAMPLE_SECONDS = 250e-6


WARM_SECONDS = 200e-6


LONG_CALL = 2e-3  # in seconds; in a longer one a cold start does not show


MOST_CALLS = 50


HOPELESS = 6.0


BURST = 3


SPREAD_SECONDS = 0.02


_FEW = 3


LONG_SECONDS = 0.25


# (samples, pass at or below limit / a, fail above limit * b)
STAGES = (
    (3, 1.7, 5.0), (6, 1.65, 4.0), (12, 1.6, 3.0), (24, 1.5, 2.2), (48, 1.35, 1.5), (96, 1.15, 1.2), (192, 1.0, 1.0)
)  # fmt: skip


MOST_SAMPLES = STAGES[-1][0]


ENOUGH_SAMPLES, ENOUGH_SECONDS = 24, 1.0
"""This many samples suffice for an estimate, and for calls that took this long together: noise matters little there."""


@dataclass(slots=True)
class Measurement:
    """One function to be measured against its baseline. `limit` is the deciding limit, in units of the baseline's time.

    `baseline_call` is about what one call of the baseline takes, in seconds, where that is known already; `most_samples` is how
    many samples are taken before the ratio counts as it is.
    """

    student: Timed
    baseline: Timed
    limit: float
    baseline_call: float | None = None
    most_samples: int = MOST_SAMPLES
    student_times: list[float] = field(default_factory=list)
    baseline_times: list[float] = field(default_factory=list)
    failure: Exception | None = None

    @property
    def ratio(self) -> float:
        """The estimate so far."""
        return min(self.student_times) / max(min(self.baseline_times), 1e-9)


def untimed_calls(seconds: float) -> int:
    """Return how many calls precede a sample, given what one takes: enough to warm up a core that has slept."""
    return 0 if seconds > LONG_CALL else min(MOST_CALLS, math.ceil(WARM_SECONDS / max(seconds, 1e-7)))


def _sample(timed: Timed, one_call: float) -> float:
    repeat = min(MOST_CALLS, max(1, round(SAMPLE_SECONDS / max(one_call, 1e-7))))
    return timed(repeat, untimed_calls(one_call)) / repeat


def _sample_both(measurement: Measurement, student_call: float, baseline_call: float) -> None:
    sides = [
        (measurement.student, student_call, measurement.student_times),
        (measurement.baseline, baseline_call, measurement.baseline_times),
    ]
    for timed, one_call, times in sides if len(measurement.student_times) % 2 else reversed(sides):
        times.append(_sample(timed, one_call))


def _is_decided(measurement: Measurement, samples: int) -> bool:
    if samples >= measurement.most_samples or (samples >= ENOUGH_SAMPLES and sum(measurement.student_times) > ENOUGH_SECONDS):
        return True
    for stage, easily, hardly in STAGES:
        if samples == stage:
            return measurement.ratio <= measurement.limit / easily or measurement.ratio > measurement.limit * hardly
    return False


def one_call(timed: Timed) -> float:
    """Return about how many seconds one call takes."""
    return min(timed(1, 1 if first == 0 else 0) for first in range(5))


def _first_calls(measurement: Measurement) -> tuple[float, float] | None:
    """Return the time of one call of each, or None if two single calls show that the limit is out of reach.

    A single short call, on cold caches, proves nothing.
    """
    baseline = measurement.baseline_call or one_call(measurement.baseline)
    student = measurement.student(1, 0)
    if student > max(HOPELESS * measurement.limit * baseline, LONG_CALL):
        again = measurement.student(1, 0)
        if again > HOPELESS * measurement.limit * baseline:
            measurement.student_times.append(min(student, again))
            measurement.baseline_times.append(baseline)
            return None
        student = min(student, again)
    return student, baseline


def measure(measurements: Sequence[Measurement]) -> None:
    """Fill in all times. A measurement whose calls raise keeps the exception in `failure` and is left alone."""
    settle_allocator()
    undecided: list[tuple[Measurement, float, float]] = []
    for measurement in measurements:
        try:
            calls = _first_calls(measurement)
        except Exception as error:
            measurement.failure = error
            continue
        if calls:
            undecided.append((measurement, *calls))
    samples = 0
    while undecided:
        for entry in list(undecided):
            if samples and len(undecided) < _FEW:
                time.sleep(SPREAD_SECONDS)
            try:
                for _ in range(BURST):
                    _sample_both(*entry)
            except Exception as error:
                entry[0].failure = error
                undecided.remove(entry)
        samples += BURST
        undecided = [entry for entry in undecided if not _is_decided(entry[0], samples)]


def estimate(measurements: Sequence[Measurement], samples: int) -> None:
    """Fill in all times by `samples` samples each, whatever the limits say: for a caller who wants the ratio itself.

    A measurement has no more samples once its samples have taken `LONG_SECONDS`; of one that takes so long, a single call
    counts. One whose calls raise keeps the exception in `failure`.
    """
    settle_allocator()
    for measurement in measurements:
        try:
            baseline, student = one_call(measurement.baseline), measurement.student(1, 0)
            measurement.baseline_times.append(baseline)
            if student > LONG_SECONDS:
                measurement.student_times.append(student)
            while len(measurement.student_times) < samples and sum(measurement.student_times) <= LONG_SECONDS:
                _sample_both(measurement, student, baseline)
        except Exception as error:
            measurement.failure = error
