"""How long the student's code takes, as a ratio to a yardstick measured in the same moments.

A sample is the CPU time of enough calls to fill a quarter of a millisecond, after untimed calls that warm the caches.
Student and yardstick are sampled in alternating order, in bursts of three pairs that go round robin over the works, and the
estimate is the ratio of the two minima: noise only ever adds time. A work whose ratio is far from its line is decided after
three pairs, one close to it after up to 192: what memory-bound code loses to the machine's other work comes in spells of up
to a second. Failing early asks for more distance than passing early. Where few works are left, their bursts are spread over
time, so that one spell does not cover them all.

The yardstick is the reference where it is at hand. On a student's machine it is `neutral_work`, whose own ratio to the
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


LONG_CALL = 2e-3  # in seconds; in one that takes longer being cold does not show


MOST_CALLS = 50


HOPELESS = 6.0


BURST = 3


SPREAD_SECONDS = 0.02


_FEW = 3


LONG_SECONDS = 0.25


# (pairs, pass at or below line / a, fail above line * b)
STAGES = (
    (3, 1.7, 5.0), (6, 1.65, 4.0), (12, 1.6, 3.0), (24, 1.5, 2.2), (48, 1.35, 1.5), (96, 1.15, 1.2), (192, 1.0, 1.0)
)  # fmt: skip


MOST_PAIRS = STAGES[-1][0]


ENOUGH_PAIRS, ENOUGH_SECONDS = 24, 1.0
"""So many pairs do for a ratio that is an estimate, and for calls that took so long together: noise weighs little there."""


@dataclass(slots=True)
class Work:
    """One function to be measured against its yardstick. `line` is the decision line, in units of the yardstick's time.

    `yardstick_call` is about what one call of the yardstick takes, in seconds, where that is known already; `most_pairs` is how
    many pairs are taken before the ratio counts as it is.
    """

    student: Timed
    yardstick: Timed
    line: float
    yardstick_call: float | None = None
    most_pairs: int = MOST_PAIRS
    student_times: list[float] = field(default_factory=list)
    yardstick_times: list[float] = field(default_factory=list)
    failure: Exception | None = None

    @property
    def ratio(self) -> float:
        """The estimate so far."""
        return min(self.student_times) / max(min(self.yardstick_times), 1e-9)


def untimed_calls(seconds: float) -> int:
    """Return how many calls go before a sample, given what one takes: enough for a core that has slept to be warm again."""
    return 0 if seconds > LONG_CALL else min(MOST_CALLS, math.ceil(WARM_SECONDS / max(seconds, 1e-7)))


def _sample(timed: Timed, one_call: float) -> float:
    repeat = min(MOST_CALLS, max(1, round(SAMPLE_SECONDS / max(one_call, 1e-7))))
    return timed(repeat, untimed_calls(one_call)) / repeat


def _pair(work: Work, student_call: float, yardstick_call: float) -> None:
    sides = [
        (work.student, student_call, work.student_times),
        (work.yardstick, yardstick_call, work.yardstick_times),
    ]
    for timed, one_call, times in sides if len(work.student_times) % 2 else reversed(sides):
        times.append(_sample(timed, one_call))


def _is_decided(work: Work, pairs: int) -> bool:
    if pairs >= work.most_pairs or (pairs >= ENOUGH_PAIRS and sum(work.student_times) > ENOUGH_SECONDS):
        return True
    for stage, easily, hardly in STAGES:
        if pairs == stage:
            return work.ratio <= work.line / easily or work.ratio > work.line * hardly
    return False


def one_call(timed: Timed) -> float:
    """Return about how many seconds one call takes."""
    return min(timed(1, 1 if first == 0 else 0) for first in range(5))


def _first_calls(work: Work) -> tuple[float, float] | None:
    """Return the time of one call of each, or None if two single calls show that the line is out of reach.

    A single short call, on cold caches, shows nothing.
    """
    yardstick = work.yardstick_call or one_call(work.yardstick)
    student = work.student(1, 0)
    if student > max(HOPELESS * work.line * yardstick, LONG_CALL):
        again = work.student(1, 0)
        if again > HOPELESS * work.line * yardstick:
            work.student_times.append(min(student, again))
            work.yardstick_times.append(yardstick)
            return None
        student = min(student, again)
    return student, yardstick


def measure(works: Sequence[Work]) -> None:
    """Fill in the times of all works. A work whose calls raise keeps the exception in `failure` and is left alone."""
    settle_allocator()
    open_works: list[tuple[Work, float, float]] = []
    for work in works:
        try:
            calls = _first_calls(work)
        except Exception as error:
            work.failure = error
            continue
        if calls:
            open_works.append((work, *calls))
    pairs = 0
    while open_works:
        for entry in list(open_works):
            if pairs and len(open_works) < _FEW:
                time.sleep(SPREAD_SECONDS)
            try:
                for _ in range(BURST):
                    _pair(*entry)
            except Exception as error:
                entry[0].failure = error
                open_works.remove(entry)
        pairs += BURST
        open_works = [entry for entry in open_works if not _is_decided(entry[0], pairs)]


def estimate(works: Sequence[Work], pairs: int) -> None:
    """Fill in the times of all works by `pairs` pairs each, whatever their lines say: for who asks for the ratio itself.

    A work has no more pairs once its samples have taken `LONG_SECONDS`; of one that takes so long, a single call counts. A work
    whose calls raise keeps the exception in `failure`.
    """
    settle_allocator()
    for work in works:
        try:
            yardstick, student = one_call(work.yardstick), work.student(1, 0)
            work.yardstick_times.append(yardstick)
            if student > LONG_SECONDS:
                work.student_times.append(student)
            while len(work.student_times) < pairs and sum(work.student_times) <= LONG_SECONDS:
                _pair(work, student, yardstick)
        except Exception as error:
            work.failure = error
