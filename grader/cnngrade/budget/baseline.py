"""What a time budget is measured against: the reference's own work, or a neutral workload where that is not at hand."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Timed = Callable[[int, int], float]
"""`timed(calls, before)` makes that many calls, after `before` untimed ones, and returns their CPU seconds."""

_NEUTRAL = np.linspace(0.0, 1.0, 4096).reshape(64, 64)


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a budget is measured against: work with a known cost, `unit` of which are one call of the reference."""

    timed: Timed
    unit: float
    estimated: bool


def neutral_timed(calls: int, before: int) -> float:
    """Time the neutral workload."""
    neutral_work(before)
    start = time.thread_time()
    neutral_work(calls)
    return time.thread_time() - start


def neutral_work(calls: int) -> None:
    """Run a fixed mix of Python loop and NumPy work, `calls` times (about 0.1 ms each on a fast machine of 2026)."""
    for _ in range(calls):
        total = 0.0
        for row in range(1, 63):
            total += float(row) * 0.5
        for offset in range(4):
            total += float((_NEUTRAL[:60, offset : offset + 60] * _NEUTRAL[4:, :60]).sum())
        _NEUTRAL @ _NEUTRAL
