"""What is told of wrong answers of the corpus: which inputs fail, and which function has to be put right first.

The answers are those that a student's machine has: recorded, without the solution. No mistake is known here, so that nothing
but the calls speaks.
"""

from __future__ import annotations

import json
import re
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

# How many calls a rule is about changes with the tests; that there are such calls on both sides does not.
COUNTS = re.compile(r"\b(?:all \d+|both|the one)(?: calls?)?(?= where)|\b\d+ of the \d+")

BIAS = "Right in N where `b` is None or holds one number; wrong in N where it holds more than one number."
STEP = "Right in N where `stride` is 1; wrong in N where it is more than 1."
BYTES = "Right in N where `w` and `b` hold floats; wrong in N where they hold whole numbers."
LARGE = "Right in N where `{}` holds no large numbers; wrong in N where it holds large numbers (above 100 or below -100)."
CALLS = "{} calls {}, which is wrong as well: put {} right first."
LOSS = CALLS.format("train", "cross_entropy", "cross_entropy")
POOLING = CALLS.format("train", "maxpool2d_backward", "maxpool2d_backward")

TOLD = {
    "005": {"shift": "Right in N where `dy` and `dx` are not negative; wrong in N where `dy` or `dx` is negative."},
    "016": {"conv2d": STEP},
    "017": {"conv2d": BIAS},
    "022": {"conv2d": STEP},
    "023": {"conv2d": "Right in N where `x` holds floats; wrong in N where it holds whole numbers."},
    "024": {"conv2d": "Right in N where axis 0 of `w` has length 1; wrong in N where it is longer."},
    "033": {
        "conv2d": "Right in N where `padding` is 0; wrong in N where it is more than 0. "
        "Wrong as well in N that should raise ValueError."
    },
    "056": {"feature_hierarchy": CALLS.format("feature_hierarchy", "conv_block", "conv_block")},
    "065": {
        "lenet": CALLS.format("lenet", "linear", "linear"),
        "classify": "classify calls linear by way of lenet, and linear is wrong as well: put linear right first.",
    },
    "067": {"linear": BYTES, "softmax": LARGE.format("x")},
    "068": {"linear": BYTES},
    "075": {"linear": BYTES},
    "076": {"cross_entropy": LARGE.format("logits")},
    "077": {"cross_entropy": "Right in N where N of `logits` is 1; wrong in N where it is more than 1.", "train": LOSS},
    "080": {"train": LOSS},
    "082": {"train": LOSS},
    "087": {
        "conv2d_backward": "Right in N where N of `dout` and K of `dout` are 1; "
        "wrong in N where N of `dout` or K of `dout` is more than 1."
    },
    "093": {"train": POOLING},
    "096": {"train": POOLING},
    "098": {
        "train": "Right in N where axis 0 of `images` and axis 0 of `labels` have length 1; wrong in N where they are longer."
    },
}


class Nameless:
    """What is known about right answers, without any mistake."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self.remembers = knowledge.remembers
        self.right_answer = knowledge.right_answer
        self.close = knowledge.close

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


QUICK = ("pixels", "padding")


def units() -> list[object]:
    names = dict.fromkeys(label["unit"] for label in LABELS.values())
    return [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in names]


@pytest.mark.parametrize("unit", units())
def test_what_is_told_of_wrong_answers(unit: str, judged: Callable[[str], dict[str, Report]]) -> None:
    """of each file the rule is told that separates its right calls from the wrong ones, if there is one, and what waits"""
    for file, report in judged(unit).items():
        said = {each.function: each.text for each in report.findings if each.kind is not FindingKind.PLACE}
        rules = {
            function: COUNTS.sub("N", text)
            for function, text in said.items()
            if not text.startswith("Right in") or "where" in text
        }
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
