"""Timed calls are checked as the other cases check them: what is right there is right here, in whatever form it comes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from cnngrade.answers.reference import LiveReference
from cnngrade.answers.replay import FORMAT
from cnngrade.budget.baseline import Baseline, Timed
from cnngrade.judge.budget_case import BudgetTerms, TimedFunction, TimedOnUnseen, UnseenInputs, registered
from cnngrade.judge.compare import Mismatch
from cnngrade.judge.counted_loops import CountedLoops
from cnngrade.model import Policy
from cnngrade.sandbox.unconfined import Fresh
from cnngrade.student.proxy import Student
from cnngrade.student.timing import Audited
from cnngrade.student.transport import Inline, Remote
from cnngrade.submission.read import read_work

POLICY = Policy(call_seconds=5.0, import_seconds=10.0)

SOLUTION = "def train(x): return {'w': 2 * x, 'b': x + 1}, [float(x[0]), float(x[1])]\n"


def timed(folder: Path, answer: str) -> float:
    """Return the seconds of calls of a `train` that answers so; raises Mismatch."""
    solution = ModuleType("solution")
    exec(SOLUTION, vars(solution))
    path = folder / "work.py"
    path.write_text(f"from collections import OrderedDict, namedtuple\nimport numpy as np\ndef train(x): return {answer}\n")
    student = Student(Remote(Fresh(POLICY, folder)), POLICY, read_work(path, "work"))
    asked = TimedFunction("case", "train", lambda rng: (rng.normal(size=3),))
    try:
        timing = TimedOnUnseen(asked, student.timing, LiveReference(solution), UnseenInputs())
        timing.check()
        return timing.timed(2, 1)
    finally:
        student.close()


@pytest.mark.parametrize(
    "answer",
    [
        "({'w': 2 * x, 'b': x + 1}, [float(x[0]), float(x[1])])",
        "({'w': 2 * x, 'b': x + 1}, [np.array(x[0]), np.array(x[1])])",
        "({'w': 2 * x, 'b': x + 1}, [x[0], x[1:2].reshape(())])",
        "({'b': x + 1, 'w': 2 * x}, list(x[:2]))",
        "[{'w': 2 * x, 'b': x + 1}, list(x[:2])]",
        "(OrderedDict(b=x + 1, w=2 * x), x[:2].tolist())",
        "namedtuple('Trained', 'params losses')({'w': 2 * x, 'b': x + 1}, list(x[:2]))",
    ],
)
def test_a_right_answer_is_right_in_each_of_its_forms(tmp_path: Path, answer: str) -> None:
    """numbers or arrays without axes, a dict in any order, a tuple or a list, and their subclasses"""
    assert timed(tmp_path, answer) >= 0


@pytest.mark.parametrize(
    "answer",
    [
        "({'w': x + 1, 'b': 2 * x}, list(x[:2]))",
        "({'w': 2 * x}, list(x[:2]))",
        "({'w': 2 * x, 'b': x + 1}, [x[1], x[0]])",
        "({'w': 2 * x, 'b': x + 1}, list(x))",
        "({'w': 2 * x, 'b': x + 1}, [x[:1], x[1:2]])",
        "({'w': 2 * x, 'b': x + 1}, x[:2])",
        "[{'w': 2 * x, 'b': x}, list(x[:2])]",
    ],
)
def test_a_wrong_answer_is_wrong(tmp_path: Path, answer: str) -> None:
    """numbers under the wrong names or in the wrong places, and too few or too many of them"""
    with pytest.raises(Mismatch, match="wrong on this input"):
        timed(tmp_path, answer)


@dataclass
class Audits:
    """A submission that doubles its arguments, timed from outside; notes how many inputs each audit carries."""

    carried: list[int]
    is_seen_from_outside: bool = True

    def beside(self, timed: Timed) -> Timed:
        return timed

    def audited(self, _function: str, _case: str, inputs: list[tuple[np.ndarray]]) -> Audited:
        self.carried.append(len(inputs))
        return Audited(6.0, 3.0, [2 * x for (x,) in inputs])


@pytest.mark.parametrize(("numbers", "carried"), [(8, [4, 12]), (1 << 14, [2, 6]), (1 << 17, [1, 3])])
def test_an_audit_carries_inputs_of_its_own(numbers: int, carried: list[int]) -> None:
    """as many as calls are asked for, or as its bytes allow, and three times as many in a longer one; what it says is of one"""
    solution, student = ModuleType("solution"), Audits([])
    exec("def doubled(x): return 2 * x", vars(solution))
    asked = TimedFunction("case", "doubled", lambda rng: (rng.normal(size=numbers),))
    timing = TimedOnUnseen(asked, student, LiveReference(solution), UnseenInputs())
    assert [timing.audit(4, longer) for longer in (1, 3)] == [(6.0 / count, 3.0 / count) for count in carried]
    assert student.carried == carried


def table(rng: np.random.Generator, rows: int = 40, columns: int = 40) -> tuple[np.ndarray]:
    return (rng.normal(size=(rows, columns)),)


def looped_axes(code: str) -> tuple[str, ...]:
    """Return the axes that a `doubled` of this code loops over, where what is timed has as many rows as columns."""
    solution, work = ModuleType("solution"), ModuleType("work")
    exec("def doubled(x): return 2 * x", vars(solution))
    exec(f"import numpy as np\ndef doubled(x): return {code}", vars(work))
    asked, axes = TimedFunction("case", "doubled", table), ("rows", "columns")
    loops = CountedLoops.of(asked, table, dict.fromkeys(axes, 2), axes, LiveReference(solution))
    return loops.looped_axes(Student(Inline(work), POLICY).timing, asked)


def test_what_takes_one_axis_for_another_is_wrong_where_loops_are_counted() -> None:
    """on square inputs, which all timed ones may be, nobody would see it"""
    assert looped_axes("2 * x") == ()
    with pytest.raises(Mismatch, match=r"small input \(rows=8, columns=14\)"):
        looped_axes("2 * x[: x.shape[1], : x.shape[0]]")


@dataclass
class Taken:
    """A timing of no work at all."""

    baseline: Baseline
    baseline_call: float | None = None
    audit: None = None

    def check(self) -> None:
        """Nothing is wrong with it."""

    def timed(self, calls: int, before: int) -> float:
        return 1e-4 * calls


@pytest.mark.parametrize(
    ("terms", "limits"),
    [
        (BudgetTerms(50), (60.0,)),
        (BudgetTerms(50, None, 20), (60.0,)),
        (BudgetTerms(50, (), 20), (60.0,)),
        (BudgetTerms(50, ("H",)), (60.0,)),
        (BudgetTerms(50, ("H",), 20), (60.0, 24.0)),
        (BudgetTerms(50, ("H", "W"), 50), (60.0, 60.0)),
    ],
)
def test_a_ratio_is_decided_against_each_limit_that_matters(terms: BudgetTerms, limits: tuple[float, ...]) -> None:
    """the limit of loops is one of code with loops alone; on a student's machine both are in units of the neutral work"""
    for unit in (1.0, 3.0):
        timing = Taken(Baseline(lambda calls, before: 1e-4 * calls, unit, estimated=unit != 1))
        found = registered(timing, "case", terms)
        assert found.measurement.limits == pytest.approx(tuple(unit * limit for limit in limits))
        found.measurement.student_times, found.measurement.baseline_times = [6.0], [1.0]
        cost = found.cost
        assert (cost.ratio, cost.limit, cost.estimated) == (6 / unit, 50, unit != 1)
        assert (cost.looped, cost.loops_cost_beyond) == (terms.looped or (), terms.loops_cost_beyond)


def test_answers_that_are_kept_belong_to_the_inputs_that_are_counted() -> None:
    """who counts on other inputs raises the format: right work would be wrong by the answers of a folder that is out already"""
    solution = ModuleType("solution")
    exec("def double(x): return 2 * x", vars(solution))
    asked = TimedFunction("case", "double", lambda rng: (rng.normal(size=(16, 8)),))

    def sized(rng: np.random.Generator, n: int, m: int) -> tuple[np.ndarray]:
        return (rng.normal(size=(n, m)),)

    loops = CountedLoops.of(asked, sized, {"n": 2, "m": 3}, ("n", "m"), LiveReference(solution))
    sizes = [[tuple(each.values()) for each in part.sizes] for part in (loops.first, loops.small, loops.large)]
    assert (FORMAT, sizes) == (
        7,
        [
            [(2, 3), (8, 15)],
            [(2, 3), (8, 3), (14, 3), (2, 9), (2, 15)],
            [(16, 24), (22, 24), (28, 24), (16, 30), (16, 36)],
        ],
    )
