"""Right answers that lie about their time: no lie gains more than a quarter of a ratio, nor the points of the fast."""

from __future__ import annotations

import contextlib
import math
import sys
from collections.abc import Callable, Iterator

import pytest

from cnngrade.course.load import load_course
from cnngrade.errors import Verdict
from cnngrade.judge.judging import judge_many
from cnngrade.judge.suite import Suite
from cnngrade.model import Outcome
from cnngrade.sandbox.confined import Warm
from cnngrade.student.candidate import Candidate, candidate
from support.liars import LIES, lying
from support.places import CORPUS, ROOT
from support.sandboxes import sandboxes_here

LEFT = 0.75
"""The share of its ratio that a lie leaves at least."""
ROUNDS = 3
"""So often are all judged again, at most, while a ratio is too low: other work on the machine moves single ones."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandboxes are Linux's own")

Judge = Callable[[str, str, str], dict[str, list[Outcome]]]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """Return a function that judges an honest answer and every lie below it, in turn, and brings the outcomes of the budget."""
    if not sandboxes_here():
        pytest.skip("this machine has no sandbox")
    course = load_course(ROOT)
    found: dict[tuple[str, str], dict[str, list[Outcome]]] = {}

    def bring(unit: str, function: str, answer: str) -> dict[str, list[Outcome]]:
        honest = CORPUS / unit / f"{answer}.py"
        texts = {"honest": honest.read_text(encoding="utf-8")}
        texts |= {lie.stem: lying(honest, function, lie) for lie in LIES}
        outcomes = found.setdefault((unit, answer), {name: [] for name in texts})
        folder = tmp_path_factory.mktemp(unit)
        with contextlib.closing(Warm(course.policy, sandboxes_here()[0])) as source:

            def candidates() -> Iterator[Candidate]:
                for name, text in texts.items():
                    path = folder / name / f"{unit}.py"
                    path.parent.mkdir()
                    path.write_text(text, encoding="utf-8")
                    yield candidate(course, path, course.unit(unit), name, source)

            def take(report) -> None:
                budget = next(outcome for outcome in report.outcomes if "within_its_budget" in outcome.case.id)
                outcomes[report.submission.student].append(budget)

            judge_many(Suite(course, course.unit(unit)), candidates(), take)
        return outcomes

    return bring


def _ratio(outcomes: list[Outcome]) -> float:
    """Return the largest ratio that was found: a lie that gains must gain in each round."""
    return max(outcome.cost.ratio if outcome.cost else math.inf for outcome in outcomes)


# For every developer, test_worker.py measures two of these lies on one function.
@pytest.mark.slow
@pytest.mark.parametrize(
    ("unit", "function", "answer", "far"),
    [
        ("pooling", "maxpool2d", "places_at_once", True),
        ("convolution", "conv2d", "tensordot_pixels", False),
        ("convolution", "conv2d", "c_objects_multiplied", True),
        ("padding", "pad2d", "every_pixel", True),
    ],
)
def test_no_lie_gains_more_than_a_quarter(judged: Judge, unit: str, function: str, answer: str, far: bool) -> None:
    """whatever is said of the time, wherever the work is done: at least three quarters of the honest ratio are found

    Where the honest answer is `far` from all points, by more than a quarter, none gets them.
    """
    low: dict[str, float] = {}
    for _ in range(ROUNDS):
        outcomes = judged(unit, function, answer)
        honest = min(outcome.cost.ratio for outcome in outcomes["honest"] if outcome.cost)
        low = {name: _ratio(found) / honest for name, found in outcomes.items() if _ratio(found) < LEFT * honest}
        if not low:
            break
    assert not low, low
    if far:
        assert all(outcome.verdict is not Verdict.PASSED for found in outcomes.values() for outcome in found)


def test_every_lie_says_what_it_is() -> None:
    """there are at least eight, each with a sentence"""
    assert len(LIES) >= 8
    assert all(path.read_text(encoding="utf-8").startswith("# sentence: ") for path in LIES)
