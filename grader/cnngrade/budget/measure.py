"""How long the student's code takes, as a ratio to a baseline measured in the same moments.

A sample is the CPU time of enough calls to fill a quarter of a millisecond, after untimed calls that warm the caches.
Student and baseline are sampled in alternating order, in bursts of three samples that go round robin over all measurements,
and the estimate is the ratio of the two minima: noise only ever adds time. A measurement whose ratio is far from its limits is
decided after three samples, one close to any of them after up to 192: what memory-bound code loses to the machine's other work
comes in spells of up to a second. Failing early asks for more distance than passing early. Where few measurements are left,
their bursts are spread over time, so that one spell does not cover them all.

What the student's code says of its own time is exact, and may be a lie. So of each burst one sample is an audit: all its calls
count, none is untimed, and what they took at least is seen from outside. The ratio is never below what the best audit says.
Close to a limit, one that says more than the samples do is followed by a longer one, in which filling the caches weighs less.

The baseline is the reference where it is at hand. On a student's machine it is `neutral_work`, whose own ratio to the
reference was recorded when the unit was released; a ratio made that way is an estimate and says so.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
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


AUDIT_SECONDS = 750e-6


FIRST_AUDITS, LATER_AUDITS = (1, 1, 1), (1, 1, 3)
"""How long the audits in a sample of short calls are, one after the other until one agrees with what is stated.

An audit begins with empty caches. Filling them takes longer while other work streams through memory, but not for more calls.
The first long one also has to be given memory. So there is none in the first burst, which decides most functions.
"""


Audit = Callable[[int, int], tuple[float, float]]
"""`audit(calls, longer)` makes that many calls, or as many as it can carry, `longer` times over, each on an input of its own.

It returns the CPU seconds of one call, as stated, and the least that it took.
"""


ENOUGH_SAMPLES, ENOUGH_SECONDS = 24, 1.0
"""This many samples suffice for an estimate, and for calls that took this long together: noise matters little there."""


@dataclass(slots=True)
class Measurement:
    """One function to be measured against its baseline. `limits` are the ratios at which something else follows, at least one.

    They are deciding limits, in units of the baseline's time: the ratio is decided once it is clear of all of them.
    `baseline_call` is about what one call of the baseline takes, in seconds, where that is known already; `most_samples` is how
    many samples are taken before the ratio counts as it is. Without an `audit` the student's times are believed.
    """

    student: Timed
    baseline: Timed
    limits: tuple[float, ...]
    baseline_call: float | None = None
    most_samples: int = MOST_SAMPLES
    audit: Audit | None = None
    student_times: list[float] = field(default_factory=list)
    baseline_times: list[float] = field(default_factory=list)
    least_times: list[float] = field(default_factory=list)
    failure: Exception | None = None

    @property
    def student_call(self) -> float:
        """What one call of the student's takes, in seconds: as stated, and not less than the best audit says."""
        return max(min(self.student_times), min(self.least_times, default=0.0))

    @property
    def ratio(self) -> float:
        """The estimate so far."""
        return self.student_call / max(min(self.baseline_times), 1e-9)

    @property
    def stated_ratio(self) -> float:
        """The same by what is stated alone."""
        return min(self.student_times) / max(min(self.baseline_times), 1e-9)


def untimed_calls(seconds: float) -> int:
    """Return how many calls precede a sample, given what one takes: enough to warm up a core that has slept."""
    return 0 if seconds > LONG_CALL else min(MOST_CALLS, math.ceil(WARM_SECONDS / max(seconds, 1e-7)))


def _calls(one_call: float) -> int:
    """Return how many calls a sample takes, given what one takes."""
    return min(MOST_CALLS, max(1, round(SAMPLE_SECONDS / max(one_call, 1e-7))))


def _sample_baseline(measurement: Measurement, one_call: float) -> None:
    calls = _calls(one_call)
    measurement.baseline_times.append(measurement.baseline(calls, untimed_calls(one_call)) / calls)


def _sample_student(measurement: Measurement, student_call: float, baseline_call: float) -> None:
    calls, before = _calls(student_call), untimed_calls(student_call)
    if measurement.audit is None or (before and len(measurement.student_times) % BURST != BURST - 1):
        measurement.student_times.append(measurement.student(calls, before) / calls)
        return
    # What is around the calls must be little beside them, also for those of a function at a limit that are said to be long.
    shorter = min(student_call, min(measurement.limits) * baseline_call) or student_call
    calls = max(calls, min(MOST_CALLS, math.ceil(AUDIT_SECONDS / max(shorter, 1e-7))))
    lengths = FIRST_AUDITS if len(measurement.student_times) < BURST else LATER_AUDITS
    stated, least = zip(*_audits(measurement, measurement.audit, calls, lengths if before else (1,)), strict=True)
    measurement.student_times.append(min(stated))
    measurement.least_times.append(min(least))


def _audits(measurement: Measurement, audit: Audit, calls: int, lengths: Sequence[int]) -> list[tuple[float, float]]:
    """Make audits until one agrees with what is stated: whatever else the machine does meanwhile makes one say too much."""
    audits: list[tuple[float, float]] = []
    for longer in lengths:
        audits.append(audit(calls, longer))
        stated, least = zip(*audits, strict=True)
        if min([*least, *measurement.least_times]) <= min([*stated, *measurement.student_times]):
            break
    return audits


def _sample_both(measurement: Measurement, student_call: float, baseline_call: float) -> None:
    if len(measurement.student_times) % 2:
        _sample_student(measurement, student_call, baseline_call)
        _sample_baseline(measurement, baseline_call)
    else:
        _sample_baseline(measurement, baseline_call)
        _sample_student(measurement, student_call, baseline_call)


def _is_decided(measurement: Measurement, samples: int) -> bool:
    # Not what is stated of them: code that says less than it takes would be sampled to the end.
    spent = samples * measurement.student_call
    if samples >= measurement.most_samples or (samples >= ENOUGH_SAMPLES and spent > ENOUGH_SECONDS):
        return True
    for stage, easily, hardly in STAGES:
        if samples == stage:
            # An audit says too much more easily than a sample does: alone it fails nobody before the last stage.
            ratio, stated = measurement.ratio, measurement.stated_ratio
            return all(ratio <= limit / easily or stated > limit * hardly for limit in measurement.limits)
    return False


def one_call(timed: Timed) -> float:
    """Return about how many seconds one call takes."""
    return min(timed(1, 1 if first == 0 else 0) for first in range(5))


def _first_calls(measurement: Measurement) -> tuple[float, float] | None:
    """Return the time of one call of each, or None if two single calls show that every limit is out of reach.

    A single short call, on cold caches, proves nothing.
    """
    baseline = measurement.baseline_call or one_call(measurement.baseline)
    student, hopeless = measurement.student(1, 0), HOPELESS * max(measurement.limits) * baseline
    if student > max(hopeless, LONG_CALL):
        again = measurement.student(1, 0)
        if again > hopeless:
            measurement.student_times.append(min(student, again))
            measurement.baseline_times.append(baseline)
            return None
        student = min(student, again)
    return student, baseline


def measure(measurements: Sequence[Measurement]) -> None:
    """Fill in all times. A measurement whose calls raise keeps the exception in `failure` and is left alone."""
    if not measurements:
        return
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
        # A first call may be told to be short, so that all samples are long.
        undecided = [
            (work, work.student_call, baseline_call) for work, _, baseline_call in undecided if not _is_decided(work, samples)
        ]


def estimate(measurements: Sequence[Measurement], samples: int) -> None:
    """Fill in all times by `samples` samples each, whatever the limits say: for a caller who wants the ratio itself.

    Nothing is audited: this is for code that has no reason to lie. A measurement has no more samples once its samples have
    taken `LONG_SECONDS`; of one that takes so long, a single call counts. One whose calls raise keeps the exception in
    `failure`.
    """
    settle_allocator()
    for measurement in measurements:
        measurement.audit = None
        try:
            baseline, student = one_call(measurement.baseline), measurement.student(1, 0)
            measurement.baseline_times.append(baseline)
            if student > LONG_SECONDS:
                measurement.student_times.append(student)
            while len(measurement.student_times) < samples and sum(measurement.student_times) <= LONG_SECONDS:
                _sample_both(measurement, student, baseline)
        except Exception as error:
            measurement.failure = error
