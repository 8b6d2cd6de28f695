"""What is told of wrong answers of the corpus: which inputs fail, and which function has to be put right first.

The answers are those that a student's machine has: recorded, without the solution. No mistake is known here, so that nothing
but the calls speaks.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from cnngrade.answers.answer_key import AnswerKey, recorded_answer_key
from cnngrade.answers.fingerprint import Fingerprint
from cnngrade.answers.knowledge import Knowledge
from cnngrade.answers.mistakes import KnownMistake
from cnngrade.course.load import load_course
from cnngrade.errors import Verdict
from cnngrade.jobs.record_answers import record_answers
from cnngrade.judge.judging import judge_many
from cnngrade.judge.suite import Suite
from cnngrade.model import FindingKind, Report
from cnngrade.student.candidate import candidate
from cnngrade.student.proxy import Call
from support.places import CORPUS, ROOT

WRONG = CORPUS / "wrong"
LABELS = json.loads((WRONG / "labels.json").read_text(encoding="utf-8"))
COURSE = load_course(ROOT)

ONE_EACH = (
    "Right in both calls where axis 1 of `x`, axis 0 of `w` and axis 1 of `w` have length 1; "
    "wrong in all 11 where they are longer."
)
BIAS = "Right in all 5 calls where `b` is None or holds one number; wrong in all 8 where it holds more than one number."
STEP = "Right in all 12 calls where `stride` is 1; wrong in all 3 where it is more than 1."
BYTES = "Right in all 5 calls where `x`, `w` and `b` hold floats; wrong in the one where they hold whole numbers (uint8)."

TOLD = {
    "005": {"shift": "Right in both calls where `dy` and `dx` are not negative; wrong in both where `dy` or `dx` is negative."},
    "009": {"pad2d": "Right in all 5 calls where `value` is 0; wrong in both where it is not."},
    "016": {"conv2d": STEP},
    "017": {"conv2d": BIAS},
    "022": {"conv2d": STEP},
    "023": {"conv2d": "Right in all 12 calls where `x` holds floats; wrong in both where it holds whole numbers."},
    "024": {"conv2d": ONE_EACH},
    "026": {"conv2d": "Right in all 13 calls where `stride` divides H - kh and W - kw; wrong in both where it does not."},
    "027": {"conv2d": ONE_EACH},
    "033": {
        "conv2d": "Right in all 8 calls where `padding` is 0; wrong in all 6 where it is more than 0. "
        "Wrong as well in 1 of the 5 that should raise ValueError."
    },
    "055": {"relu": "Right in both calls where `x` holds whole numbers; wrong in all 4 where it holds floats."},
    "056": {"feature_hierarchy": "feature_hierarchy calls conv_block, which is wrong as well: put conv_block right first."},
    "065": {
        "lenet": "lenet calls linear, which is wrong as well: put linear right first.",
        "classify": "classify calls linear by way of lenet, and linear is wrong as well: put linear right first.",
    },
    "067": {
        "linear": BYTES,
        "softmax": "Right in all 3 calls where `x` holds no large numbers; "
        "wrong in both where it holds large numbers (above 100 or below -100).",
    },
    "068": {"linear": BYTES, "softmax": "Right in all 8 calls where `axis` is -1; wrong in the one where it is not."},
    "075": {"linear": BYTES},
    "076": {
        "cross_entropy": "Right in all 4 calls where `logits` holds no large numbers; "
        "wrong in the one where it holds large numbers (above 100 or below -100)."
    },
    "077": {"train": "train calls cross_entropy, which is wrong as well: put cross_entropy right first."},
    "080": {"train": "train calls cross_entropy, which is wrong as well: put cross_entropy right first."},
    "082": {"train": "train calls cross_entropy, which is wrong as well: put cross_entropy right first."},
    "093": {"train": "train calls maxpool2d_backward, which is wrong as well: put maxpool2d_backward right first."},
    "096": {"train": "train calls maxpool2d_backward, which is wrong as well: put maxpool2d_backward right first."},
}


class Nameless:
    """What is known about right answers, without any mistake."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self.remembers = knowledge.remembers
        self.right_answer = knowledge.right_answer

    def mistakes(self, function: str) -> list[KnownMistake]:
        return []

    def mistaken(self, call: Call, known: KnownMistake) -> Fingerprint:
        raise AssertionError("no mistake is known")


@pytest.fixture(scope="module")
def judged(tmp_path_factory) -> Callable[[str], dict[str, Report]]:
    """Return a function that judges the files of a unit by its public cases."""

    @cache
    def judge(name: str) -> dict[str, Report]:
        unit, answers = COURSE.unit(name), tmp_path_factory.mktemp(name) / "answers.npz"
        record_answers(COURSE, unit, answers)
        recorded = recorded_answer_key(answers)
        nameless = AnswerKey(recorded.reference, lambda: Nameless(recorded.knowledge()))
        found: dict[str, Report] = {}
        files = [WRONG / file for file, label in LABELS.items() if label["unit"] == name]
        entries = [candidate(COURSE, file, unit, "") for file in files]
        judge_many(
            Suite(COURSE, unit, answer_key=nameless),
            entries,
            lambda report: found.update({report.submission.path.name: report}),
        )
        return found

    return judge


QUICK = ("pixels", "padding", "hierarchy")


def units() -> list[object]:
    names = dict.fromkeys(label["unit"] for label in LABELS.values())
    return [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in names]


@pytest.mark.parametrize("unit", units())
def test_what_is_told_of_wrong_answers(unit: str, judged: Callable[[str], dict[str, Report]]) -> None:
    """of each file the rule is told that separates its right calls from the wrong ones, if there is one, and what waits"""
    for file, report in judged(unit).items():
        said = {each.function: each.text for each in report.findings if each.kind is not FindingKind.PLACE}
        rules = {function: text for function, text in said.items() if not text.startswith("Right in") or "where" in text}
        assert rules == TOLD.get(file[:3], {}), file


@pytest.mark.parametrize("unit", units())
def test_the_call_is_told(unit: str, judged: Callable[[str], dict[str, Report]]) -> None:
    """each case that is wrong says with which call, unless its function waits for another one; no other case says any"""
    for file, report in judged(unit).items():
        waiting = {each.function for each in report.findings if each.kind is FindingKind.CALLS}
        for outcome in report.outcomes:
            # A budget's calls are made on inputs that are not kept.
            failed = outcome.verdict in (Verdict.WRONG, Verdict.RAISED) and "budget" not in outcome.case.id
            is_told = failed and outcome.case.function not in waiting
            assert outcome.call.startswith(f"{outcome.case.function}(" if is_told else ""), (file, outcome.case.id)
            assert bool(outcome.call) is is_told, (file, outcome.case.id)


def test_functions_that_fail_only_by_calling_another_are_told_so() -> None:
    """the table is about every file in which a second function fails through the first: nothing waits for the wrong one"""
    for file, told in TOLD.items():
        label = next(label for name, label in LABELS.items() if Path(name).name.startswith(file))
        for function, text in told.items():
            if text.startswith(f"{function} calls "):
                assert text.split(" calls ")[1].startswith(label["function"])
                assert function != label["function"]
