"""The course's tests look at the form of an answer before they compute with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cnngrade.course.load import load_course
from cnngrade.errors import Verdict
from cnngrade.judge import case_limits
from cnngrade.judge.judging import judge_one
from cnngrade.judge.suite import Suite
from cnngrade.model import Report
from cnngrade.student.candidate import candidate
from support.places import ROOT

COURSE = load_course(ROOT)

# Every function of a unit answers as the solution does, with `LARGER` in place of each array.
LARGE = """\
import importlib, sys
import numpy as np

sys.path.insert(0, {root!r})
solution = importlib.import_module("solutions.{unit}")


def larger(answer):
    if isinstance(answer, np.ndarray):
        return {larger}
    if isinstance(answer, dict):
        return {{name: larger(part) for name, part in answer.items()}}
    return type(answer)(map(larger, answer)) if isinstance(answer, (list, tuple)) else answer


def wrapped(function):
    return lambda *args, **kwargs: larger(function(*args, **kwargs))


{functions}
"""


def judged(unit_name: str, larger: str, tmp_path: Path) -> Report:
    unit = COURSE.unit(unit_name)
    functions = "\n".join(f"{name} = wrapped(solution.{name})" for name in unit.functions)
    path = tmp_path / f"{unit_name}.py"
    path.write_text(LARGE.format(root=str(ROOT), unit=unit_name, larger=larger, functions=functions))
    # It may import the solution: no sandbox is asked for.
    packages = replace(COURSE, policy=replace(COURSE.policy, packages=("numpy", "numba")))
    return judge_one(Suite(COURSE, unit, hidden=True, secret="x", open_gates=True), candidate(packages, path, unit, "eve"))


@pytest.mark.slow
@pytest.mark.parametrize("unit", [unit.name for unit in COURSE.units])
@pytest.mark.parametrize(
    "larger",
    [
        "np.resize(answer, (200_000 // max(answer[:1].size, 1) + 2, *answer.shape[1:])) if answer.ndim else np.zeros(200_000)",
        "np.zeros((1 << 40, 0))",
        "np.broadcast_to(answer, (2_000 // max(answer.size, 1) + 2, *answer.shape))",
    ],
    ids=["longer", "empty", "one axis more"],
)
def test_no_test_computes_with_what_is_too_large(
    unit: str, larger: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """whatever the sizes of all answers, they are seen to be wrong, and no case comes to the limits of the judge"""
    monkeypatch.setattr(case_limits, "BYTES", 128 << 20)
    report = judged(unit, larger, tmp_path)
    told = [outcome.for_student + outcome.for_staff for outcome in report.outcomes]
    assert not any("too large to be checked" in text or "in the judge" in text for text in told)
    assert any(outcome.verdict is Verdict.WRONG for outcome in report.outcomes), told
    assert not any(outcome.verdict is Verdict.FAULT for outcome in report.outcomes), told
