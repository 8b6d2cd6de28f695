"""What is told of a submission as a whole: judged in a real worker, or in this process as a notebook's kernel is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from cnngrade.judge.judging import judge_one
from cnngrade.judge.suite import Suite
from cnngrade.model import Course, FindingKind, Report, Submission
from cnngrade.report.audience import as_students_see
from cnngrade.report.json import report_from_json, report_to_json
from cnngrade.report.terminal import report_as_text
from cnngrade.student.candidate import Candidate, InlineWork, candidate
from support import tiny_course

Judged = Callable[..., Report]

DOUBLE, TRIPLE = tiny_course.RIGHT["double"], tiny_course.RIGHT["triple"]
HALVED = "def double(x):\n    return np.asarray(x) / 2"
BY_DOUBLE = "def triple(x):\n    return double(x) + x"
MORE_CASES = '''
import numpy as np

@points(1)
def test_double_of_many(student, reference, rng):
    """rows of several lengths, floats and whole numbers"""
    for n in (1, 2, 3, 4):
        x = rng.normal(size=(n, n + 1))
        assert_close(student.double(x), reference.double(x))
    for n in (2, 3, 4):
        x = rng.integers(1, 9, size=n, dtype=np.int64)
        assert_close(student.double(x), reference.double(x))


@points(1)
def test_triple_of_a_table(student, reference, rng):
    """every number of a table is tripled"""
    x = rng.normal(size=(2, 3))
    assert_close(student.triple(x), reference.triple(x))
'''


@pytest.fixture
def judged(course: Course, tmp_path: Path) -> Judged:
    """Return a function that judges a script: `judged(double=..., triple=..., secret="...")`."""
    public = course.root / "autograde_tests" / "public" / "test_scaling.py"
    public.write_text(public.read_text(encoding="utf-8") + MORE_CASES, encoding="utf-8")

    def run(hidden: bool = False, secret: str = "", **functions: str) -> Report:
        path = tmp_path / "scaling.py"
        path.write_text(tiny_course.script(**functions), encoding="utf-8")
        suite = Suite(course, course.units[0], hidden=hidden, secret=secret)
        return judge_one(suite, candidate(course, path, course.units[0], "ada"))

    return run


def told(report: Report) -> list[tuple[str, FindingKind, str]]:
    return [(each.function, each.kind, each.text) for each in report.findings if each.kind is not FindingKind.PLACE]


WAITS = ("triple", FindingKind.CALLS, "triple calls double, which is wrong as well: put double right first.")


def test_a_function_waits_for_a_wrong_one(judged: Judged) -> None:
    """a function that calls a wrong one is told just that; once the other one is right nothing is told"""
    report = judged(double=HALVED, triple=BY_DOUBLE)
    assert told(report) == [WAITS]
    assert {outcome.case.function for outcome in report.outcomes if outcome.call} == {"double"}
    assert told(judged(double=DOUBLE, triple=BY_DOUBLE)) == []
    own = f"def twice(x):\n    return double(x)\n\n\n{BY_DOUBLE.replace('double', 'twice')}"
    assert told(judged(double=HALVED, triple=own)) == [WAITS]


def test_a_function_that_waits_gets_no_name(judged: Judged) -> None:
    """what looks like a mistake of the outer function is the inner one's: only that one is named"""
    squared = "def double(x):\n    return np.asarray(x) ** 2"
    report = judged(double=squared, triple="def triple(x):\n    return double(x) - double(x) + 2 * x")
    assert told(report) == [WAITS]
    assert {outcome.cause for outcome in report.outcomes if outcome.case.function == "triple"} == {None}
    alone = judged(double=DOUBLE, triple="def triple(x):\n    return double(x)")
    assert told(alone) == []
    assert "once more is needed" in report_as_text(alone, colour=False)


def test_a_function_waits_for_one_that_is_still_to_do(judged: Judged) -> None:
    """a function that is written and calls a stub is told to wait for it; two stubs wait for nothing"""
    text = "triple calls double, which is still to do: write double first."
    assert told(judged(triple=BY_DOUBLE)) == [("triple", FindingKind.CALLS, text)]
    assert text in report_as_text(judged(triple=BY_DOUBLE), colour=False)
    assert told(judged()) == []


def test_which_inputs_fail_is_told_once(judged: Judged) -> None:
    """the rule of all public calls stands below the first case that is wrong, in the grading too"""
    whole = "def double(x):\n    x = np.asarray(x)\n    return x + x if x.dtype.kind == 'f' else x + 7"
    rule = "Right in all 6 calls where `x` holds floats; wrong in the one where it holds whole numbers (int64)."
    for secret in ("", "a secret"):
        report = judged(double=whole, triple=TRIPLE, secret=secret)
        assert [text for _, _, text in told(report)] == [rule]
        assert report_as_text(report, colour=False, width=120).count(rule) == 1


def test_what_a_closed_gate_hides_is_counted(judged: Judged) -> None:
    """behind a gate that did not pass it is told how many calls are right all the same"""
    few = "def double(x):\n    return 2 * np.asarray(x) if len(x) == 5 else np.ones(3)"
    assert told(judged(double=few, triple=TRIPLE)) == [("double", FindingKind.INPUTS, "Right in 1 of 3 calls.")]


def test_the_call_is_told_with_its_numbers_only_where_the_student_has_them(judged: Judged) -> None:
    """in a check the failing call comes with its numbers, in grading with shapes alone, and in a hidden case not at all"""
    halved = {"double": "def double(x):\n    x = np.asarray(x)\n    return x * (2 if x.ndim == 1 else 3)", "triple": TRIPLE}
    shown = [outcome.call for outcome in judged(**halved).outcomes if outcome.call]
    assert len(shown) == 1
    assert shown[0].startswith("double(x)\n  x = [[")
    graded = judged(**halved, hidden=True, secret="a secret")
    calls = {outcome.case.hidden: outcome.call for outcome in graded.outcomes if outcome.verdict.value == "wrong"}
    assert calls == {False: "double(x)\n  x (1, 2) float64", True: ""}
    assert report_from_json(report_to_json(graded)) == graded
    assert [outcome.call for outcome in as_students_see(graded).outcomes] == [outcome.call for outcome in graded.outcomes]
    assert "The call: double(x)" in report_as_text(graded, colour=False)


def test_a_notebooks_kernel_is_told_the_same(course: Course) -> None:
    """what a kernel holds is read from its functions, without their text"""
    kernel = ModuleType("__main__")
    exec(f"import numpy as np\n{HALVED}\n{BY_DOUBLE}", vars(kernel))
    unit = course.units[0]
    entry = Candidate(Submission("", unit.name, Path("scaling.ipynb"), ""), InlineWork(course.policy, kernel))
    report = judge_one(Suite(course, unit), entry)
    assert told(report) == [WAITS]
    assert report.outcomes[0].call.startswith("double([")


def test_names_alone(course: Course) -> None:
    """where only names are asked for the outcomes are the same, names among them, and nothing else is found out"""
    unit, kernel = course.units[0], ModuleType("__main__")
    exec(f"import numpy as np\ndef double(x): return np.asarray(x) ** 2\n{BY_DOUBLE}", vars(kernel))
    entry = Candidate(Submission("", unit.name, Path("scaling.ipynb"), ""), InlineWork(course.policy, kernel))
    report, named = (judge_one(Suite(course, unit, names_alone=alone), entry) for alone in (False, True))
    assert any(outcome.cause for outcome in named.outcomes)
    assert named.outcomes == report.outcomes
    assert (bool(report.findings), named.findings) == (True, ())


def test_functions_in_a_module_of_ones_own(judged: Judged, tmp_path: Path) -> None:
    """a function that a student's own module defines is called by the names that it gives its parameters"""
    own = "import numpy as np\n\n\ndef double(numbers):\n    return np.asarray(numbers) * (2 if len(numbers) == 1 else 3)\n"
    (tmp_path / "helpers.py").write_text(own, encoding="utf-8")
    report = judged(double="from helpers import double", triple=BY_DOUBLE)
    assert WAITS in told(report)
    assert report.outcomes[1].call.startswith("double(numbers)\n  numbers = [")
