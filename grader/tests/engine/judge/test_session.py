"""Judging on a tiny course: verdicts, gates, seeds, faults, and the names of mistakes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cnngrade.answers.answer_key import recorded_answer_key
from cnngrade.course.load import load_course
from cnngrade.errors import CourseError, Verdict
from cnngrade.jobs.record_answers import record_answers
from cnngrade.judge.compare import NEARLY_RIGHT
from cnngrade.judge.judging import judge_many, judge_one
from cnngrade.judge.suite import Suite
from cnngrade.model import Course, Report
from cnngrade.student.candidate import candidate
from support import tiny_course

DOUBLE, TRIPLE = tiny_course.RIGHT["double"], tiny_course.RIGHT["triple"]
SQUARED = "def double(x):\n    return np.asarray(x) ** 2"

Judged = Callable[..., Report]


def judging(course: Course, tmp_path: Path) -> Judged:
    """Return a function that judges a script: `judged(double=..., triple=..., student="ada")`."""

    def run(student: str = "", hidden: bool = True, secret: str = "", **functions: str) -> Report:
        path = tmp_path / "scaling.py"
        path.write_text(tiny_course.script(**functions), encoding="utf-8")
        suite = Suite(course, course.units[0], hidden=hidden, secret=secret)
        return judge_one(suite, candidate(course, path, course.units[0], student))

    return run


@pytest.fixture
def judged(course: Course, tmp_path: Path) -> Judged:
    """See `judging`."""
    return judging(course, tmp_path)


def verdicts(report: Report) -> dict[str, str]:
    return {outcome.case.id: outcome.verdict.value for outcome in report.outcomes}


def append(course: Course, where: str, text: str) -> None:
    path = course.root / "autograde_tests" / where
    path.write_text(path.read_text() + text)


def test_right_work_earns_everything(judged: Judged) -> None:
    """every case passes, public and hidden"""
    report = judged(double=DOUBLE, triple=TRIPLE)
    assert set(verdicts(report).values()) == {"passed"}
    assert (report.earned, report.possible) == (5.0, 5.0)


def test_judging_leaves_the_process_where_it_is(
    judged: Judged, course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """wherever the judge is started it stays, also when the tests cannot be read; no conftest from there takes part"""
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "test_folder").mkdir(parents=True)
    for folder in (elsewhere, elsewhere / "test_folder"):
        (folder / "conftest.py").write_text("raise RuntimeError('not of this course')")
    monkeypatch.chdir(elsewhere)
    assert judged(double=DOUBLE, triple=TRIPLE).earned == 5.0
    assert Path.cwd() == elsewhere
    append(course, "public/test_scaling.py", "\n1 / 0\n")
    with pytest.raises(CourseError, match="cannot be read"):
        judged(double=DOUBLE)
    assert Path.cwd() == elsewhere


def test_a_stub_is_unfinished_and_its_gate_holds(judged: Judged) -> None:
    """an untouched function is unfinished, and what waits for it says for what; the other function is judged"""
    report = judged(triple=TRIPLE)
    assert verdicts(report) == {
        "public/test_double_of_one_number": "unfinished",
        "public/test_double_of_a_row": "skipped",
        "hidden/test_double_of_a_table": "skipped",
        "public/test_triple_of_a_row": "passed",
    }
    assert report.earned == 2.0
    assert 'waits for "a single number is doubled"' in [outcome.for_student for outcome in report.outcomes]


THREE = """

@points(1)
def test_triple_of_three(student, reference, rng):
    \"\"\"three numbers are tripled\"\"\"
    x = rng.normal(size=3)
    assert_close(student.triple(x), reference.triple(x))
"""


def test_a_mistake_is_named(judged: Judged, course: Course, tmp_path: Path) -> None:
    """wrong answers in two shapes that are a known mistake's are named as that, live and from the recording; one is not"""
    doubled = "def triple(x):\n    return np.asarray(x) * 2"
    assert [outcome.cause for outcome in judged(double=DOUBLE, triple=doubled).outcomes] == [None] * 4
    append(course, "public/test_scaling.py", THREE)
    report = judged(double=DOUBLE, triple=doubled)
    wrong, other = (outcome for outcome in report.outcomes if outcome.verdict is Verdict.WRONG)
    assert wrong.cause == other.cause == "The numbers are doubled, and once more is needed."
    answers = tmp_path / "answers.npz"
    record_answers(course, course.units[0], answers)
    suite = Suite(course, course.units[0], answer_key=recorded_answer_key(answers))
    replayed = judge_one(suite, candidate(course, tmp_path / "scaling.py", course.units[0], ""))
    assert [outcome.cause for outcome in replayed.outcomes if outcome.cause] == [wrong.cause] * 2
    assert "triple" not in answers.read_bytes().decode("latin-1")


def test_a_mistake_that_is_none_of_the_known_is_not_named(judged: Judged) -> None:
    """an unknown mistake gets its fact, and no name"""
    report = judged(double=DOUBLE, triple="def triple(x):\n    return np.asarray(x) * 3 + 1")
    assert [outcome.cause for outcome in report.outcomes] == [None] * 4


def test_an_answer_that_cannot_be_used_is_not_a_known_mistake(judged: Judged, course: Course) -> None:
    """an answer too large to send is no known mistake, and neither is an argument that is changed: its sentence says so"""
    append(course, "public/test_scaling.py", THREE)
    known = '\n\n@mistake("The array that came in is changed.")\ndef triple_in_place(x):\n    x *= 3\n    return x\n'
    append(course, "mistakes/scaling.py", known)
    too_large = judged(double=DOUBLE, triple="def triple(x):\n    return np.zeros((400, 50_000))")
    changed = judged(double=DOUBLE, triple="def triple(x):\n    x += 2 * x\n    return 1.0 * x")
    for report, said in ((too_large, "too large to send"), (changed, "changed one of its arguments")):
        wrong = [outcome for outcome in report.outcomes if outcome.verdict is Verdict.WRONG]
        assert [said in outcome.for_student for outcome in wrong] == [True, True]
        assert [outcome.cause for outcome in wrong] == [None, None]


def test_two_names_for_one_answer_claim_nothing(judged: Judged, course: Course) -> None:
    """where two mistakes explain the same answers, neither is claimed"""
    append(course, "public/test_scaling.py", THREE)
    another = '\n\n@mistake("Another sentence.")\ndef triple_twice(x):\n    return solution.double(x)\n'
    append(course, "mistakes/scaling.py", another)
    report = judged(double=DOUBLE, triple="def triple(x):\n    return np.asarray(x) * 2")
    assert [outcome.cause for outcome in report.outcomes] == [None] * 5


NEAR = """

import numpy as np


@points(1)
def test_triple_of_whole_numbers(student, reference, rng):
    \"\"\"whole numbers are tripled\"\"\"
    assert_close(student.triple(np.array([4.0, 5.0, 6.0])), np.array([12.0, 15.0, 18.0]), scale=1e9)
"""


@pytest.mark.parametrize(
    ("triple", "cause"),
    [
        ("def triple(x):\n    return 3 * np.asarray(x) + 1e-5 * x[0]", NEARLY_RIGHT),
        ("def triple(x):\n    return np.array([12.0001, 15.0, 18.0])", None),
    ],
)
def test_an_answer_that_depends_on_nothing_is_not_nearly_right(
    judged: Judged, course: Course, triple: str, cause: str | None
) -> None:
    """numbers that are near the right ones suggest lost digits only if other arguments did not get the very same ones"""
    append(course, "public/test_scaling.py", NEAR)
    report = judged(double=DOUBLE, triple=triple)
    assert [outcome.cause for outcome in report.outcomes if "whole_numbers" in outcome.case.id] == [cause]


def test_an_unsound_case_costs_nobody(judged: Judged, course: Course) -> None:
    """a case that the solution does not pass is a fault: there is no score, and the student's part of it stays"""
    append(
        course,
        "hidden/test_scaling.py",
        '\n\n@points(1)\ndef test_triple_of_nothing(student):\n    """wrong"""\n    assert_close(student.triple(2.0), 7.0)\n',
    )
    report = judged(double=DOUBLE, triple=TRIPLE)
    assert verdicts(report)["hidden/test_triple_of_nothing"] == "fault"
    assert report.earned is None
    assert "costs you nothing" in next(o for o in report.outcomes if o.verdict is Verdict.FAULT).for_student


def test_a_broken_fixture_is_ours(judged: Judged, course: Course) -> None:
    """what fails outside a test's body is a fault, also when it is an assertion"""
    append(
        course,
        "hidden/test_scaling.py",
        "\n\nimport pytest\n\n\n@pytest.fixture\ndef broken():\n    assert False\n\n\n"
        '@points(1)\ndef test_triple_with_a_fixture(student, broken):\n    """never runs"""\n',
    )
    assert verdicts(judged(double=DOUBLE, triple=TRIPLE))["hidden/test_triple_with_a_fixture"] == "fault"


def test_an_answer_that_breaks_the_test_is_the_students(judged: Judged, course: Course) -> None:
    """if a test cannot work with an answer, and can with the right one, the answer is wrong"""
    append(
        course,
        "public/test_scaling.py",
        '\n\n@points(1)\ndef test_triple_sum(student):\n    """sum"""\n    assert student.triple([1.0]).sum() == 3.0\n',
    )
    report = judged(double=DOUBLE, triple="def triple(x):\n    return 'abc'")
    outcome = next(o for o in report.outcomes if o.case.id == "public/test_triple_sum")
    assert outcome.verdict is Verdict.WRONG
    assert "could not work with the answer" in outcome.for_student


def test_parameters_are_cases(judged: Judged, course: Course) -> None:
    """each parameter of a test is a case of its own"""
    append(
        course,
        "public/test_scaling.py",
        '\n\nimport pytest\n\n\n@points(0.5)\n@pytest.mark.parametrize("n", [2, 3])\n'
        'def test_triple_of(n, student):\n    """n numbers"""\n    assert_close(student.triple(n), 3 * n)\n',
    )
    report = judged(double=DOUBLE, triple=TRIPLE)
    titles = [outcome.case.title for outcome in report.outcomes]
    assert "n numbers [2]" in titles
    assert report.possible == 6.0


DRAW = '\n\n@points(1)\ndef test_triple_draws(student, rng):\n    """a draw"""\n    student.triple(rng.normal())\n'
TELL = "def triple(x):\n    print(repr(x))\n    return 3 * np.asarray(x)"


def test_graded_numbers_are_a_students_own(judged: Judged, course: Course) -> None:
    """graded cases, public and hidden, draw other numbers for each student and secret, and the same again for the same"""
    append(course, "hidden/test_scaling.py", DRAW)
    append(course, "public/test_scaling.py", DRAW.replace("draws", "draws_openly"))
    keys = (("ada", "k"), ("ben", "k"), ("ada", "l"))
    seen = [judged(double=DOUBLE, triple=TELL, student=who, secret=key).output for who, key in keys]
    drawn = [line for text in seen for line in text.split("\n") if line]
    assert len(drawn) == len(set(drawn)) == 3 * 3
    assert judged(double=DOUBLE, triple=TELL, student="ada", secret="k").output == seen[0]


def test_ungraded_numbers_are_everybodys(judged: Judged, course: Course) -> None:
    """without a secret, as `check` and `release` judge, every student gets the numbers of the handout"""
    append(course, "public/test_scaling.py", DRAW)
    handout = judged(double=DOUBLE, triple=TELL, hidden=False).output
    assert len(handout.split()) > 1
    assert judged(double=DOUBLE, triple=TELL, hidden=False, student="ada").output == handout
    assert judged(double=DOUBLE, triple=TELL, hidden=False, student="ada", secret="k").output != handout


UNSOUND_FOR_SOME = '''

@points(1)
def test_triple_of_luck(student, rng):
    """a number, and a test that is wrong for some"""
    number = rng.random()
    assert_close(student.triple(number), 3 * number if number < 0.7 else 2.5)
'''


def test_a_case_that_is_unsound_for_some_costs_nobody(judged: Judged, course: Course) -> None:
    """where the solution fails with a student's own inputs, too, the failure is a fault of ours; a wrong answer stays wrong"""
    append(course, "public/test_scaling.py", UNSOUND_FOR_SOME)

    def ends(student: str, triple: str = TRIPLE) -> str:
        return verdicts(judged(double=DOUBLE, triple=triple, student=student, secret="m"))["public/test_triple_of_luck"]

    assert [ends(student) for student in ("ada", "ben", "eva")] == ["passed", "passed", "fault"]
    assert ends("ada", "def triple(x):\n    return 4 * np.asarray(x)") == "wrong"


def test_comparisons_on_own_numbers_are_for_the_staff(judged: Judged, course: Course) -> None:
    """in a graded public case with drawn numbers the student reads what his code said and the answer's form; staff the rest"""
    append(
        course,
        "public/test_scaling.py",
        '\n\n@points(1)\ndef test_triple_of_two(student):\n    """two"""\n    assert_close(student.triple(2.0), 6.0)\n',
    )
    graded = judged(double="def double(x):\n    return {}[x[0]]", triple="def triple(x):\n    return 2.5 * x", secret="k")
    ends = {outcome.case.id.removeprefix("public/test_"): outcome for outcome in graded.outcomes}
    drawn, literal, raised = ends["triple_of_a_row"], ends["triple_of_two"], ends["double_of_one_number"]
    assert (drawn.own_inputs, drawn.verdict, drawn.for_student) == (True, Verdict.WRONG, "5 of 5 numbers differ.")
    assert "yours" in drawn.for_staff
    assert (literal.own_inputs, "yours" in literal.for_student) == (False, True)
    assert raised.own_inputs
    assert "KeyError" in raised.for_student
    assert "line" in raised.for_student
    here = judged(double=DOUBLE, triple="def triple(x):\n    return 2.5 * x", hidden=False)
    assert not any(outcome.own_inputs for outcome in here.outcomes)
    assert all(outcome.for_student for outcome in here.outcomes if outcome.verdict is Verdict.WRONG)


UNWORKABLE_OR_OWN_WORDS = '''

@points(1)
def test_triple_worked_with(student, rng):
    """a test that works with the answer"""
    number = rng.random()
    assert abs(student.triple(number) - 3 * number) < 1e-9, f"{number} was not tripled"
'''


@pytest.mark.parametrize(
    ("triple", "case", "told", "staff"),
    [
        ("None", "of_a_row", "None came back, an array of shape (5,) was expected. Did you forget `return`?", ""),
        ("list(3 * x)", "of_a_row", "Make an array of it: np.array(...).", ""),
        ("(3 * x).astype(int)", "of_a_row", "Make the output with a float dtype.", ""),
        ("3 * x[:4]", "of_a_row", "Axis 0 is 4 long instead of 5.", ""),
        ("x * np.nan", "of_a_row", "5 of 5 numbers are NaN.", "first [0]"),
        ("2.5 * x", "worked_with", "", "was not tripled"),
        ("'3 x'", "worked_with", "The test could not work with the answer.", "TypeError"),
    ],
)
def test_the_form_of_an_answer_is_told(judged: Judged, course: Course, triple: str, case: str, told: str, staff: str) -> None:
    """graded on his own numbers, a student still reads what was wrong with type, dtype and shape, and how many are NaN"""
    append(course, "public/test_scaling.py", UNWORKABLE_OR_OWN_WORDS)
    graded = judged(double=DOUBLE, triple=f"def triple(x):\n    return {triple}", secret="k")
    (outcome,) = [outcome for outcome in graded.outcomes if outcome.case.id == f"public/test_triple_{case}"]
    assert (outcome.own_inputs, outcome.verdict) == (True, Verdict.WRONG)
    assert outcome.for_student.endswith(told) if told else not outcome.for_student
    assert staff in outcome.for_staff
    assert bool(staff) == bool(outcome.for_staff)
    assert all(not outcome.own_inputs for outcome in graded.outcomes if outcome.case.hidden)


def with_budget(course: Course) -> Course:
    """Give `double` a limit of 1000 times the solution's time, and a case for it."""
    path = course.root / "course.yml"
    path.write_text(path.read_text().replace("    due:", "    budgets: {double: 1000}\n    due:"))
    case = '@points(1)\ndef test_double_in_time(budget):\n    """in time"""\n'
    append(course, "public/test_scaling.py", f'\n\n{case}    budget("double", lambda rng: (rng.normal(size=50),))\n')
    return load_course(course.root)


@pytest.mark.parametrize("end", ["os._exit(1)", "time.sleep(60)"])
def test_a_crash_costs_no_other_function_its_time(course: Course, tmp_path: Path, end: str) -> None:
    """times are taken after all public cases, and a function that ended the worker in between loses only its own points"""
    course = with_budget(course)
    course = replace(course, policy=replace(course.policy, call_seconds=1.0, wall_factor=2.0))
    append(course, "public/test_scaling.py", DRAW)
    code = f"def triple(x):\n    import os, time\n    return 3 * np.asarray(x) if np.ndim(x) else {end}"
    (tmp_path / "scaling.py").write_text(tiny_course.script(double=DOUBLE, triple=code), encoding="utf-8")
    entry = candidate(course, tmp_path / "scaling.py", course.units[0], "")
    report = judge_one(Suite(course, course.units[0], hidden=True), entry)
    assert [case for case, verdict in verdicts(report).items() if verdict != "passed"] == ["public/test_triple_draws"]


def test_a_baseline_can_be_named(course: Course, tmp_path: Path) -> None:
    """what the solution calls `baseline_double` is what the time of `double` is compared with"""
    course = with_budget(course)
    solution = course.root / "solutions" / "scaling.py"
    slow = "\n\ndef baseline_double(x):\n    for _ in range(300):\n        np.sort(x)\n    return double(x)\n"
    solution.write_text(solution.read_text() + slow)
    (measured,) = [outcome.cost for outcome in judging(course, tmp_path)(double=DOUBLE).outcomes if outcome.cost]
    assert 0 < measured.ratio < 0.5


def test_a_baseline_that_answers_differently_is_our_fault(course: Course, tmp_path: Path) -> None:
    """nobody loses points to a baseline that does something else, and the staff is told"""
    course = with_budget(course)
    solution = course.root / "solutions" / "scaling.py"
    solution.write_text(solution.read_text() + "\n\ndef baseline_double(x):\n    return x\n")
    report = judging(course, tmp_path)(double=DOUBLE)
    (fault,) = [outcome for outcome in report.outcomes if outcome.verdict is Verdict.FAULT]
    assert "baseline_double gives other answers than double" in fault.for_staff


def test_one_submission_cannot_reach_another(course: Course, tmp_path: Path) -> None:
    """what a submission patches, defines or breaks is gone with its worker"""
    spoiler = tmp_path / "spoiler.py"
    spoiler.write_text("import numpy as np\nnp.asarray = None\n" + SQUARED + "\ndef triple(x): raise SystemExit\n")
    right = tmp_path / "scaling.py"
    right.write_text(tiny_course.script(**tiny_course.RIGHT))
    unit = course.units[0]
    reports: list[Report] = []
    entries = [candidate(course, path, unit, path.stem) for path in (spoiler, right, spoiler, right)]
    judge_many(Suite(course, unit, hidden=True), entries, reports.append)
    assert [report.earned for report in reports] == [0.0, 5.0, 0.0, 5.0]


@pytest.mark.parametrize(
    ("test", "says"),
    [
        ('def test_double_free(student):\n    """free"""\n', "say what the case is worth"),
        ('@points("two")\ndef test_double_text(student):\n    """text"""\n', "say what the case is worth"),
        ("@points(1)\ndef test_double_untitled(student):\n    pass\n", "docstring is the title"),
        ('@points(1)\ndef test_other(student):\n    """other"""\n', "must begin with test_ and one of double, triple"),
        ("def (:\n", "cannot be read"),
    ],
)
def test_a_test_must_say_what_it_is(judged: Judged, course: Course, test: str, says: str) -> None:
    """a test without points, title or function is an error of the course that names it"""
    append(course, "public/test_scaling.py", "\n\n" + test)
    with pytest.raises(CourseError, match=says):
        judged(double=DOUBLE)


LATER = """

@points(1)
def test_triple_afterwards(student, reference):
    \"\"\"three numbers\"\"\"
    assert_close(student.triple(np.ones(3)), reference.triple(np.ones(3)))
"""


def test_cases_run_aside_take_nothing_from_others(course: Course, tmp_path: Path) -> None:
    """code that goes on for ever behind a closed gate is stopped soon, and what others may take is as it was"""
    append(course, "hidden/test_scaling.py", LATER)
    double = "def double(x):\n    while np.size(x) > 1: pass\n    return 0.0"
    wait = "until = time.process_time() + 0.6\n    while time.process_time() < until: pass"
    triple = f"import time\ndef triple(x):\n    {wait}\n    return 3 * np.asarray(x)"
    course = replace(course, policy=replace(course.policy, submission_seconds=2.5, call_seconds=2.0))
    ended = verdicts(judging(course, tmp_path)(double=double, triple=triple))
    assert (ended["public/test_triple_of_a_row"], ended["hidden/test_triple_afterwards"]) == ("passed", "passed")


def test_floats_in_hand_are_not_told_of_own_numbers(judged: Judged) -> None:
    """an exception is told with the float that was in hand where everybody has the inputs, and without it in grading"""
    triple = "def triple(x):\n    total = float(np.sum(x)) + 0.123\n    half = total / 2\n    return [0 for _ in range(half)]"
    here = judged(double=DOUBLE, triple=triple, hidden=False)
    graded = judged(double=DOUBLE, triple=triple, secret="k")
    (told,), (kept,) = (
        [outcome.for_student for outcome in report.outcomes if outcome.case.id == "public/test_triple_of_a_row"]
        for report in (here, graded)
    )
    assert re.search(r"half -?\d", told)
    assert "half a float" in kept
    assert not re.search(r"\d\.\d", kept)
