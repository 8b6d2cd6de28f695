"""Naming mistakes: fingerprints that recognise a value, and the sentence of the mistake that explains the answers."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cnngrade.answers.diagnosis import FIRST_ANSWER_KEPT, cases_with_repeated_answers, diagnose
from cnngrade.answers.evidence import Telling, Way, is_proof, telling
from cnngrade.answers.fingerprint import Fingerprint, fingerprint
from cnngrade.answers.knowledge import Knowledge, LiveKnowledge
from cnngrade.answers.mistakes import KnownMistake, load_mistakes
from cnngrade.answers.replay import RecordedKnowledge, Recording
from cnngrade.course.load import load_course
from cnngrade.course.modules import load_module
from cnngrade.course.naming import function_of
from cnngrade.errors import CourseError, Reason, StudentFailure, StudentRaised
from cnngrade.jobs.record_answers import record_answers
from cnngrade.model import Course, Policy
from cnngrade.student.proxy import Call, Student
from cnngrade.student.transport import Inline
from cnngrade.worker import wire
from support import tiny_course

SHAPES = hnp.array_shapes(min_dims=0, min_side=0, max_side=6)
FLOATS = hnp.arrays(np.float64, SHAPES)
NUMBERS = hnp.arrays(np.float64, hnp.array_shapes(max_side=6), elements=st.integers(-(10**9), 10**9).map(lambda n: n / 1000))

SQUARED = "The numbers are squared. Twice a number is the number plus itself."
DOUBLED = "The numbers are doubled, and once more is needed."


@given(FLOATS)
def test_a_value_agrees_with_itself(x: np.ndarray) -> None:
    """whatever numbers an array holds (NaN, infinities and the largest among them), a copy agrees, also by way of JSON"""
    assert fingerprint(x).agrees(fingerprint(x.copy()))
    assert Fingerprint.from_list(fingerprint(x).as_list()).agrees(fingerprint(x))


@given(NUMBERS)
def test_rounding_makes_no_difference(x: np.ndarray) -> None:
    """a value agrees with itself rounded to float32, since honest answers come in both"""
    assert fingerprint(x).agrees(fingerprint(x.astype(np.float32)))


@given(NUMBERS, st.integers(0, 1000), st.sampled_from([1e-3, 1.0, np.nan, np.inf]))
def test_one_other_number_makes_a_difference(x: np.ndarray, place: int, change: float) -> None:
    """a value agrees with none that differs anywhere by a thousandth of its size, or is not finite there"""
    x = x + 10.0
    y = x.copy()
    y.flat[place % x.size] += change * (np.abs(x).max() + 1.0)
    assert not fingerprint(x).agrees(fingerprint(y))


@given(NUMBERS)
def test_order_makes_a_difference(x: np.ndarray) -> None:
    """the same numbers in another order do not agree"""
    x = np.sort(x.ravel()) + np.arange(x.size)
    assert x.size < 2 or not fingerprint(x).agrees(fingerprint(x[::-1])) or np.allclose(x, x[::-1], rtol=1e-3)


def test_fingerprints_tell_forms_apart() -> None:
    """shape, nesting, kind of number and exact integers are part of a fingerprint, which survives JSON"""
    arrays = [np.ones(3), np.ones((3, 1)), np.ones(3, int), np.ones(3, bool), np.ones(3, np.float16), np.ones(3, complex)]
    values = [1, 2, 1.0, 1j, True, None, "1", [1], (1,), {"a": 1}, {"b": 1}, np.array([np.nan, 1.0]), *arrays]
    failures = [
        StudentRaised("", ("ValueError",)),
        StudentRaised("", ("KeyError",)),
        *(StudentFailure(reason, "") for reason in Reason if reason is not Reason.RAISED),
    ]
    everything: list[Any] = [*values, *failures]
    prints = [fingerprint(value) for value in everything]
    for index, one in enumerate(prints):
        assert [other for other in prints if one.agrees(other)] == [one], everything[index]
        assert Fingerprint.from_list(one.as_list()).agrees(one)


@pytest.mark.parametrize("dtype", [np.int8, np.float64])
def test_a_huge_answer_costs_little(dtype: type) -> None:
    """the fingerprint of the largest answer that crosses takes a few megabytes and hardly any time"""
    answer = np.zeros((256 << 20) // np.dtype(dtype).itemsize - 1000, dtype)
    tracemalloc.start()
    try:
        fingerprint(answer)
        assert tracemalloc.get_traced_memory()[1] < 64 << 20
    finally:
        tracemalloc.stop()


def test_a_mistake_belongs_to_the_function_it_is_named_after() -> None:
    """of several functions that a name begins with, the longest counts, and only as whole words"""
    functions = ("pad", "pad_same", "conv")
    names = {"pad": "pad", "pad_twice": "pad", "pad_same_odd": "pad_same", "padding": None, "convolve": None, "": None}
    assert {name: function_of(name, functions) for name in names} == names


@pytest.fixture(scope="module")
def ambiguous_course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The tiny course, with cases and mistakes that leave something to be told apart."""
    root = tiny_course.make_course(tmp_path_factory.mktemp("course"))
    mistakes = root / "autograde_tests" / "mistakes" / "scaling.py"
    more = """

@mistake("Whole numbers only.")
def triple_cut(x):
    return np.trunc(solution.triple(x))


@mistake("Whole numbers only, said otherwise.")
def triple_trunc(x):
    return np.trunc(solution.triple(x))


@mistake("Half of it is missing.")
def triple_half(x):
    return solution.triple(x) / 2


@mistake("Half of it is missing.")
def triple_halved(x):
    return 0.5 * solution.triple(x)


@mistake("A single number is multiplied by five.")
def triple_number(x):
    return 5 * np.asarray(x) if np.ndim(x) == 0 else solution.triple(x)


@mistake("An array is asked for a length that a number does not have.")
def triple_raises(x):
    if np.ndim(x) == 0:
        raise TypeError("len() of unsized object")
    return solution.triple(x)


@mistake("Sevenfold, and a number has no length.")
def triple_seven(x):
    len(x)
    return 7 * np.asarray(x)


@mistake("The last number is forgotten.")
def triple_without_last(x):
    return solution.triple(x)[:-1] if np.ndim(x) else solution.triple(x)


@mistake("The array that came in is changed.")
def triple_in_place(x):
    x = np.asarray(x)
    if x.ndim:
        x *= 3
        return x
    return 3 * x
"""
    mistakes.write_text("import numpy as np\n" + mistakes.read_text() + more)
    tests = root / "autograde_tests" / "public" / "test_scaling.py"
    numbers = (
        '@points(1)\ndef test_triple_of_numbers(student):\n    """numbers"""\n'
        "    for number, expected in [(1.517, 4.551), (0.731, 2.193)]:\n"
        "        assert_close(student.triple(number), expected)\n"
    )
    tests.write_text(tests.read_text() + "\n\n" + numbers)
    return load_course(root)


@pytest.fixture(scope="module")
def live(ambiguous_course: Course) -> Knowledge:
    solution = load_module(ambiguous_course.root / "solutions" / "scaling.py", ambiguous_course.root)
    return LiveKnowledge(ambiguous_course, ambiguous_course.units[0], solution)


@pytest.fixture(scope="module")
def recorded(ambiguous_course: Course, tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    answers = tmp_path_factory.mktemp("answers") / "answers.npz"
    record_answers(ambiguous_course, ambiguous_course.units[0], answers)
    return RecordedKnowledge(Recording(answers))


Function = Callable[[Any], Any]
ROW = np.random.default_rng(7).normal(size=5)


def calls_of(asked: list[tuple[str, Any]], **functions: Function) -> list[Call]:
    """Return what was called, as a student with these functions answers: `calls_of([("public/a", 2.0)], triple=...)`."""
    module = type(np)("student")
    vars(module).update(functions)
    student = Student(Inline(module), Policy())
    for case, argument in asked:
        student.begin(case, hidden=case.startswith("hidden/"))
        for name in functions:
            try:
                getattr(student.functions, name)(argument)
            except StudentFailure:
                continue
    return student.calls


NUMBERS_ASKED = [("public/test_triple_of_numbers", 1.517), ("public/test_triple_of_numbers", 0.731)]
EVERYWHERE = [("public/row", ROW), ("public/number", 1.5), ("public/more", ROW[:3] + 1)]


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (lambda x: 2 * np.asarray(x), DOUBLED),
        (lambda x: 1.5 * np.asarray(x), "Half of it is missing."),
        (lambda x: np.asarray(x) * 2.0000001, DOUBLED),
        (lambda x: np.trunc(3 * np.asarray(x)), None),
        (lambda x: 4 * np.asarray(x), None),
        (lambda x: None, None),
        (lambda x: 1 / 0, None),
    ],
)
def test_the_mistake_that_explains_everything_is_named(live: Knowledge, function: Function, sentence: str | None) -> None:
    """one sentence that fits all answers is told; two sentences, or none that fits, and nothing is claimed"""
    named = diagnose(calls_of(EVERYWHERE, triple=function), live)
    assert named == ({case: {"triple": sentence} for case, _ in EVERYWHERE} if sentence else {})


def test_only_cases_that_went_wrong_have_a_cause(live: Knowledge) -> None:
    """a mistake that shows in one case names that case, if it answers the others rightly as the student did"""
    numbers = [("public/a", 0.731), ("public/b", 1.517)]
    named = diagnose(calls_of([*EVERYWHERE[::2], *numbers], triple=lambda x: (3 if np.ndim(x) else 5) * np.asarray(x)), live)
    assert named == {case: {"triple": "A single number is multiplied by five."} for case, _ in numbers}


def by_number(x: Any) -> Any:
    return np.array([3 * number for number in x[: len(x)]])


def changing(x: Any) -> Any:
    if np.ndim(x) == 0:
        return 3 * np.asarray(x)
    x += x
    return 1.5 * x


@pytest.mark.parametrize(
    "function",
    [
        by_number,
        pytest.param(lambda x: np.zeros((400, 50_000)), marks=pytest.mark.slow),
        lambda x: dict.fromkeys(range(100_000), 0),
        lambda x: sys.exit(),
        lambda x: [].pop(),
    ],
)
def test_a_failure_names_no_mistake(live: Knowledge, recorded: Knowledge, function: Function) -> None:
    """that the code fails as a known mistake does proves nothing: not the kind of exception, and not what cannot be sent"""
    for knowledge in (live, recorded):
        assert diagnose(calls_of([*EVERYWHERE, *NUMBERS_ASKED], triple=function), knowledge) == {}


def test_a_failure_is_named_with_the_numbers_that_prove_it(live: Knowledge) -> None:
    """where numbers prove a mistake, the cases in which it raises have its name too"""
    named = diagnose(calls_of(EVERYWHERE, triple=lambda x: 7 * np.asarray(x) if len(x) else x), live)
    assert named == {case: {"triple": "Sevenfold, and a number has no length."} for case, _ in EVERYWHERE}
    alone = diagnose(calls_of([("public/number", 1.5)], triple=lambda x: 7 * np.asarray(x) if len(x) else x), live)
    assert alone == {}


def test_a_changed_argument_proves_nothing(live: Knowledge) -> None:
    """what a function does to its arguments is told by the sentence about that, and is no proof of how it came to do it"""
    assert diagnose(calls_of(EVERYWHERE, triple=changing), live) == {}


ROWS = [("public/a", ROW), ("public/b", ROW[:3]), ("public/c", ROW[:2]), ("public/d", ROW[1:])]
HALF = "Half of it is missing."


def in_one_of_two_ways(x: Any) -> Any:
    return 2 * x if x.size in (5, 3) else 1.5 * x


def test_two_mistakes_at_once_are_named_case_by_case(live: Knowledge) -> None:
    """where two mistakes explain all answers between them, each names its own cases, if these alone would prove it"""
    assert diagnose(calls_of(ROWS, triple=in_one_of_two_ways), live) == {
        "public/a": {"triple": DOUBLED},
        "public/b": {"triple": DOUBLED},
        "public/c": {"triple": HALF},
        "public/d": {"triple": HALF},
    }
    assert diagnose(calls_of(ROWS[:3], triple=in_one_of_two_ways), live) == {}


@pytest.mark.parametrize(
    ("elsewhere", "is_named"),
    [
        (lambda x: 1 / 0, True),
        (lambda x: np.zeros(x.size + 1), True),
        (lambda x: 4 * x, False),
        (lambda x: np.zeros_like(x), False),
        (lambda x: np.full_like(x, np.nan), False),
    ],
)
def test_what_no_mistake_explains_may_not_be_numbers(live: Knowledge, elsewhere: Function, is_named: bool) -> None:
    """beside a named mistake there may be exceptions and other shapes; wrong numbers show that it is not the whole of it"""
    named = diagnose(calls_of(ROWS, triple=lambda x: 2 * x if x.size in (5, 3) else elsewhere(x)), live)
    assert named == ({"public/a": {"triple": DOUBLED}, "public/b": {"triple": DOUBLED}} if is_named else {})


def test_whole_numbers_that_nothing_explains_are_numbers(live: Knowledge) -> None:
    """one count that is wrong in another way shows that a mistake is not the whole of it, as one array does"""
    asked = [(f"public/{number}", number) for number in (5, 7, 11, 1013)]
    assert set(diagnose(calls_of(asked, triple=lambda x: 2 * x), live)) == {case for case, _ in asked}
    assert diagnose(calls_of(asked, triple=lambda x: 2 * x if x < 1000 else 4 * x), live) == {}
    assert len(diagnose(calls_of(asked, triple=lambda x: 2 * x if x < 1000 else 1 / 0), live)) == 3


def test_a_mistake_that_shows_in_the_form_is_named_beside_exceptions(live: Knowledge) -> None:
    """answers of another form prove a mistake as numbers do, and what else there is may again be exceptions"""
    named = diagnose(calls_of(ROWS, triple=lambda x: 3 * x[:-1] if x.size in (5, 3) else 1 / 0), live)
    assert named == {case: {"triple": "The last number is forgotten."} for case in ("public/a", "public/b")}


def test_an_exception_that_was_accepted_does_not_speak_against_a_mistake(live: Knowledge) -> None:
    """where a refusal is right, it is so whatever the class of the exception that the test accepts"""

    def triple(x: Any) -> Any:
        if isinstance(x, str):
            raise UnicodeError("no number")
        return 2 * np.asarray(x)

    calls = calls_of([*ROWS[:2], ("public/text", "three")], triple=triple)
    named = {"public/a": {"triple": DOUBLED}, "public/b": {"triple": DOUBLED}}
    assert diagnose(calls, live, set(named)) == named
    hidden = [*calls, replace(calls[-1], case="hidden/text", hidden=True), replace(calls[0], case="hidden/a", hidden=True)]
    assert diagnose(hidden, live, {*named, "hidden/a"}) == named | {"hidden/a": {"triple": DOUBLED}}


def test_a_right_answer_speaks_against_a_mistake(live: Knowledge) -> None:
    """a mistake that would show in a call which was right is not named for the wrong ones"""
    for failed in (None, {"public/a", "public/b"}):
        named = diagnose(calls_of(ROWS, triple=lambda x: 2 * x if x.size in (5, 3) else 3 * x), live, failed)
        assert named == {}


def test_hidden_cases_name_nothing_of_their_own(live: Knowledge) -> None:
    """without one sentence for everything, a hidden case has only a mistake that public cases brought to light"""

    def triple(x: Any) -> Any:
        x = np.asarray(x)
        return 2 * x if x.size in (5, 3) else 1.5 * x if x.size == 2 else 4 * x

    asked = [("hidden/pair", ROW[:2]), ("hidden/row", ROW + 2), ("public/row", ROW + 1), ("public/three", ROW[:3])]
    assert diagnose(calls_of(asked, triple=triple), live) == {
        case: {"triple": DOUBLED} for case in ("hidden/row", "public/row", "public/three")
    }


def test_hidden_answers_do_not_name_a_public_case(live: Knowledge) -> None:
    """a single public answer gets no name from what hidden cases add to it; those may have it"""
    asked = [("public/row", ROW), ("hidden/three", ROW[:3])]
    assert diagnose(calls_of(asked, triple=lambda x: 2 * x), live) == {"hidden/three": {"triple": DOUBLED}}


@pytest.mark.parametrize(
    ("asked", "is_named"),
    [
        ([ROW, ROW[:3]], True),
        ([ROW, ROW + 1], False),
        ([ROW, ROW], False),
        ([ROW], False),
        ([ROW.reshape(5, 1), ROW], True),
        ([0.7312, 1.5173], True),
        ([0.7312, 0.7312], False),
        ([2, 5], False),
        ([2, 5, 7], True),
        ([2, 5, 2], False),
        ([0.0, 0.5, 0.7312], False),
        ([np.zeros(3), ROW], False),
        ([np.ones(3), np.ones(4), np.ones(5)], False),
        ([np.full(3, np.nan), ROW], False),
        ([np.array([1.0, 2.0]), np.array([1.0, 2.0, 1.0])], False),
        ([np.array([1.0, 2.0]), np.array([1.0, 2.0, 1.0]), np.array([1.0, 1.0, 1.0, 2.0])], True),
        ([np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 4.0, 6.0])], True),
    ],
)
def test_what_proves_a_mistake(live: Knowledge, asked: list[Any], is_named: bool) -> None:
    """two answers to arguments of different shapes, or three where an answer is one of few; trivial ones do not count"""
    calls = calls_of([(f"public/{number}", x) for number, x in enumerate(asked)], triple=lambda x: 2 * x)
    wrong = [call.case for call in calls if not fingerprint(call.value).agrees(live.right_answer(call))]
    assert diagnose(calls, live) == ({case: {"triple": DOUBLED} for case in wrong} if is_named else {})


def test_excused_functions_are_not_named(live: Knowledge) -> None:
    """a function that is wrong for another reason gets no name of its own, and the others keep theirs"""
    calls = calls_of(EVERYWHERE[::2], double=lambda x: np.asarray(x) ** 2, triple=lambda x: 2 * np.asarray(x))
    assert diagnose(calls, live, excused={"triple"}) == {case: {"double": SQUARED} for case, _ in EVERYWHERE[::2]}
    assert diagnose(calls, live, excused={"triple", "double"}) == {}


def test_an_answer_that_is_kept_between_calls_is_named(live: Knowledge) -> None:
    """code that answers every call as the first one is told so, without a known mistake that would say it"""
    first: list[Any] = []

    def triple(x: Any) -> Any:
        first.append(3 * np.asarray(x))
        return first[0]

    assert diagnose(calls_of(EVERYWHERE, triple=triple), live) == {
        "public/number": {"triple": FIRST_ANSWER_KEPT},
        "public/more": {"triple": FIRST_ANSWER_KEPT},
    }
    first.clear()
    assert diagnose(calls_of([("public/row", ROW)] * 3, triple=triple), live) == {}


def test_each_function_has_its_own_mistake(live: Knowledge) -> None:
    """two functions that are wrong in two ways are named apart"""
    calls = calls_of(EVERYWHERE[::2], double=lambda x: np.asarray(x) ** 2, triple=lambda x: 2 * np.asarray(x))
    assert diagnose(calls, live) == {case: {"double": SQUARED, "triple": DOUBLED} for case, _ in EVERYWHERE[::2]}


@given(hnp.arrays(np.float64, hnp.array_shapes(max_dims=2, max_side=4), elements=st.floats(-1e3, 1e3)), st.booleans())
def test_right_answers_have_no_cause(live: Knowledge, x: np.ndarray, single: bool) -> None:
    """whatever the input (zeros, where many mistakes are right, among them), a right answer is never called a mistake"""
    x = x.astype(np.float32) if single else x
    right = calls_of([("public/any", x), ("hidden/any", x)], double=lambda x: x + x, triple=lambda x: x + x + x)
    assert diagnose(right, live) == {}


def test_a_call_that_was_cut_short_says_nothing(live: Knowledge) -> None:
    """calls that ran over their time or met a stub neither name a mistake nor speak against one"""
    calls = calls_of(EVERYWHERE, triple=lambda x: 2 * np.asarray(x))
    reasons = (Reason.OVER_TIME, Reason.UNFINISHED, Reason.ENDED_PROCESS, Reason.UNREADABLE, Reason.TOO_MANY_ANSWERS)
    cut = [Call("public/cut", False, "triple", calls[0].packed, failure=StudentFailure(reason, "")) for reason in reasons]
    assert diagnose([*calls, *cut], live) == diagnose(calls, live) != {}


def test_the_recording_names_what_the_live_mistakes_name(live: Knowledge, recorded: Knowledge) -> None:
    """on the inputs of the public tests a replay comes to the same sentences, without any of the code"""
    asked = NUMBERS_ASKED
    answers: list[Function] = [
        lambda x: 2 * np.asarray(x),
        lambda x: np.float64(1.5 * x),
        lambda x: 3 * np.asarray(x),
        lambda x: 5.0,
        lambda x: len(x),
    ]
    named = [diagnose(calls_of(asked, triple=answer), recorded) for answer in answers]
    assert named == [diagnose(calls_of(asked, triple=answer), live) for answer in answers]
    assert [list(entry.values()) for entry in named] == [[{"triple": DOUBLED}], [{"triple": HALF}], [], [], []]


def test_the_recording_knows_nothing_of_other_inputs(recorded: Knowledge) -> None:
    """what was not asked at release has no right answer and no mistake there"""
    calls = calls_of([("public/test_triple_of_numbers", 2.5), ("public/elsewhere", 1.517)], triple=lambda x: 2 * np.asarray(x))
    assert [recorded.right_answer(call) for call in calls] == [None, None]
    assert diagnose(calls, recorded) == {}


def test_a_mistake_of_no_function_is_an_error(tmp_path: Path) -> None:
    """a mistake whose name begins with none of the unit's functions is named, with the names that would do"""
    course = load_course(tiny_course.make_course(tmp_path))
    path = tmp_path / "autograde_tests" / "mistakes" / "scaling.py"
    path.write_text(path.read_text().replace("def triple_double", "def tripel_double"))
    with pytest.raises(CourseError, match=r"tripel_double belongs to no function.*double, triple"):
        load_mistakes(course, course.units[0])


def calls_in_turn(asked: list[tuple[str, Any]], *answers: Any) -> list[Call]:
    """Return calls of `triple` that are answered in turn; an answer that is an exception is raised."""
    turn = iter(answers)

    def triple(_: Any) -> Any:
        answer = next(turn)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return calls_of(asked, triple=triple)


def test_calls_after_one_that_says_nothing_count(live: Knowledge, recorded: Knowledge) -> None:
    """a call that ran over its time, or whose right answer is not known, is passed over; those after it still count"""
    calls = calls_of(EVERYWHERE, triple=lambda x: 2 * np.asarray(x))
    cut = replace(calls[0], failure=StudentFailure(Reason.OVER_TIME, ""))
    assert diagnose([cut, *calls], live) == diagnose([calls[0], cut, *calls[1:]], live) == diagnose(calls, live) != {}
    known = calls_of(NUMBERS_ASKED, triple=lambda x: 2 * np.asarray(x))
    assert diagnose([*calls, *known], recorded) == diagnose(known, recorded) != {}


def test_three_answers_alike_are_kept_from_the_first(live: Knowledge) -> None:
    """two answers alike may be chance; the third one makes them the first, kept"""
    kept = 3 * ROW
    assert diagnose(calls_in_turn(EVERYWHERE[:2], kept, kept), live) == {}
    assert diagnose(calls_in_turn(EVERYWHERE, kept, kept, kept), live) == {
        "public/number": {"triple": FIRST_ANSWER_KEPT},
        "public/more": {"triple": FIRST_ANSWER_KEPT},
    }


@pytest.mark.parametrize(
    ("inputs", "kept"),
    [
        ([8.0, 0.5, 2.5], 24.0),
        ([np.zeros(3), ROW, ROW[:3]], np.zeros(3)),
        ([ROW, ROW[:3], ROW[:3]], 3 * ROW),
        ([ROW, ROW[:3], ROW[:3].copy()], 3 * ROW),
    ],
)
def test_a_constant_that_is_right_once_is_not_called_kept(live: Knowledge, inputs: list[Any], kept: Any) -> None:
    """what anybody may write down or get by chance is not the first answer, kept; nor is one that met a single other input"""
    asked = [(f"public/{number}", x) for number, x in enumerate(inputs)]
    assert diagnose(calls_in_turn(asked, kept, kept, kept), live) == {}


def test_other_wrong_answers_are_not_kept_ones(live: Knowledge) -> None:
    """after a right first answer, nothing is claimed unless every other answer is the same and one of them is wrong"""
    right, other = 3 * ROW, 7 * ROW
    assert diagnose(calls_in_turn(EVERYWHERE, right, right, other), live) == {}
    assert diagnose(calls_in_turn(EVERYWHERE, right, other, other), live) == {}
    # Each agrees with the one before, but the third no longer with the first.
    assert diagnose(calls_in_turn(EVERYWHERE, right, right * (1 + 1.5e-5), right * (1 + 3e-5)), live) == {}
    same = [("public/row", ROW)] * 3
    assert diagnose(calls_in_turn([*same, ("public/again", ROW)], right, right, right, KeyError("no")), live) == {}


def test_a_wrong_first_answer_is_not_called_kept(live: Knowledge) -> None:
    """answers alike of which the first was wrong have another cause"""
    assert diagnose(calls_in_turn(EVERYWHERE, 3 * (ROW + 1), 3 * (ROW + 1), 3 * (ROW + 1)), live) == {}


def test_a_call_that_raised_does_not_speak_against_a_kept_answer(live: Knowledge) -> None:
    """among answers that are all the first one, a call without an answer changes nothing"""
    kept = 3 * ROW
    named = diagnose(calls_in_turn([*EVERYWHERE, ("public/raised", ROW)], kept, kept, kept, KeyError("no")), live)
    assert named["public/number"] == named["public/more"] == {"triple": FIRST_ANSWER_KEPT}


def test_a_hidden_case_takes_what_any_public_one_showed(live: Knowledge) -> None:
    """mistakes that come to light in several public cases are all tried in the hidden ones, wherever those stand"""
    inputs = {
        "hidden/a": ROW,
        "public/1a": ROW + 1,
        "public/2a": ROW[:3],
        "hidden/b": ROW,
        "public/1b": ROW,
        "public/2b": ROW[:2],
    }
    answers = [(2 if case.endswith("a") else 1.5) * x for case, x in inputs.items()]
    sentences = {"a": DOUBLED, "b": HALF}
    named = diagnose(calls_in_turn(list(inputs.items()), *answers), live)
    assert named == {case: {"triple": sentences[case[-1]]} for case in inputs}


RIGHT = (np.arange(6.0).reshape(2, 3) / 7, np.array([0.37, 0.91]), 5)
OTHER = np.arange(1.0, 7.0).reshape(2, 3) / 7


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (OTHER, Telling.MUCH),
        (OTHER > 0.3, Telling.LITTLE),
        (OTHER > 0, Telling.NOTHING),
        (np.zeros((2, 3)), Telling.NOTHING),
        (np.full((2, 3), 0.37), Telling.NOTHING),
        (np.full((2, 3), np.nan), Telling.NOTHING),
        (np.where(OTHER > 0.5, np.nan, OTHER), Telling.MUCH),
        (np.array([0.0, 0.37]), Telling.MUCH),
        (np.array([0.0, 0.5]), Telling.LITTLE),
        (np.array([0, 1, 1]), Telling.LITTLE),
        (np.array([0, 1, 2, 3]), Telling.MUCH),
        (np.array([1 + 2j, 3 + 1j]), Telling.MUCH),
        (np.zeros(0), Telling.NOTHING),
        (0.3718, Telling.MUCH),
        (150_592, Telling.MUCH),
        (10**400, Telling.NOTHING),
        (24, Telling.LITTLE),
        (997, Telling.LITTLE),
        (1009, Telling.MUCH),
        (2 / 3, Telling.LITTLE),
        (0, Telling.NOTHING),
        (True, Telling.NOTHING),
        ("up", Telling.LITTLE),
        (None, Telling.NOTHING),
        ({}, Telling.NOTHING),
        (dict.fromkeys(range(300_000), 0.37), Telling.MUCH),
    ],
)
def test_how_much_an_answer_tells(answer: Any, expected: Telling) -> None:
    """numbers that hardly anything else gives tell much, small counts little, and what many faults give nothing"""
    assert telling(answer, fingerprint(1.0), ()) is expected
    assert telling(answer, fingerprint(1.0), (np.copy(answer) if isinstance(answer, np.ndarray) else answer, 3)) is (
        Telling.NOTHING
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({0: OTHER}, Telling.MUCH),
        ({0: np.zeros((2, 3))}, Telling.NOTHING),
        ({0: np.zeros(0)}, Telling.NOTHING),
        ({1: np.zeros(0)}, Telling.NOTHING),
        ({1: np.array([0.37, 0.37])}, Telling.NOTHING),
        ({1: 0.37}, Telling.MUCH),
        ({2: 6}, Telling.LITTLE),
        ({0: RIGHT[1], 1: RIGHT[0]}, Telling.MUCH),
    ],
)
def test_only_wrong_parts_of_an_answer_tell(changes: dict[int, Any], expected: Telling) -> None:
    """parts that are right where they stand prove nothing, whatever is beside them"""
    answer = tuple(changes.get(index, part) for index, part in enumerate(RIGHT))
    assert telling(answer, fingerprint(RIGHT), ()) is expected
    assert telling(dict(enumerate(answer)), fingerprint(dict(enumerate(RIGHT))), ()) is expected


def test_right_parts_in_another_form_tell() -> None:
    """where every part is right, what is wrong is how many there are, or what they are in"""
    for answer in (RIGHT[:2], list(RIGHT), RIGHT[1:]):
        assert telling(answer, fingerprint(RIGHT), ()) is Telling.MUCH
    assert telling((np.zeros(3), np.zeros(2)), fingerprint((np.zeros(3),)), ()) is Telling.NOTHING


A, B, C = fingerprint(1.5), fingerprint(2.5), fingerprint(3.5)
SHORT, LONG, WIDE = ((3,),), ((5,),), ((5, 2),)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([(SHORT, A, Telling.MUCH), (LONG, B, Telling.MUCH)], True),
        ([(SHORT, A, Telling.MUCH), (LONG, A, Telling.MUCH)], False),
        ([(SHORT, A, Telling.MUCH), (SHORT, B, Telling.MUCH)], False),
        ([(SHORT, A, Telling.MUCH), (LONG, B, Telling.LITTLE)], False),
        ([(SHORT, A, Telling.MUCH), (LONG, B, Telling.LITTLE), (WIDE, C, Telling.LITTLE)], True),
        ([(SHORT, A, Telling.MUCH), (LONG, B, Telling.LITTLE), (WIDE, C, Telling.NOTHING)], False),
        ([(SHORT, A, Telling.LITTLE), (SHORT, B, Telling.MUCH), (LONG, C, Telling.MUCH)], True),
        ([], False),
    ],
)
def test_enough_different_answers_are_a_proof(answers: list[tuple[Way, Fingerprint, Telling]], expected: bool) -> None:
    """two answers that tell much or three that tell something, each another one in another shape"""
    assert is_proof(answers) is expected
    assert is_proof(answers, enough=1) is any(tells is Telling.MUCH for _, _, tells in answers)


def test_answers_that_others_got_too_are_found() -> None:
    """the same answer to other arguments counts, to the same ones it does not; a hidden case has no say in a public one"""
    asked = [("public/a", ROW), ("public/b", ROW + 1), ("public/c", ROW[:3]), ("public/d", ROW[:3]), ("hidden/e", ROW[:2])]
    calls = calls_in_turn(asked, ROW, ROW, 2 * ROW, 2 * ROW, 2 * ROW)
    assert cases_with_repeated_answers(calls) == {"public/a", "public/b"}
    hidden = [replace(call, hidden=True) for call in calls]
    assert cases_with_repeated_answers(hidden) == {case for case, _ in asked}


def test_a_function_without_arguments_is_named_by_its_one_answer() -> None:
    """what is asked in no other way is proved by one answer, if that holds different numbers; with arguments it is not"""

    class Known:
        """What is known of two functions: the right answer is (1, 2, 3), and a mistake turns it round."""

        def remembers(self, call: Call) -> bool:
            return True

        def right_answer(self, call: Call) -> Fingerprint:
            return fingerprint(np.array([1.0, 2.0, 3.0]))

        def mistakes(self, function: str) -> list[KnownMistake]:
            return [KnownMistake("kernel_turned", function, "It is turned.")]

        def mistaken(self, call: Call, known: KnownMistake) -> Fingerprint:
            return fingerprint(np.array([3.0, 2.0, 1.0]))

    def asked(*args: Any) -> Call:
        return Call("public/a", False, "kernel", wire.pack({"args": args, "kwargs": {}}), value=np.array([3.0, 2.0, 1.0]))

    assert diagnose([asked()], Known()) == {"public/a": {"kernel": "It is turned."}}
    assert diagnose([asked(3)], Known()) == {}
    assert diagnose([asked(), replace(asked(), value=np.zeros(3))], Known()) == {}


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (np.array([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]]), True),
        (np.array([0.0, 1, 1]), False),
        (np.ones((3, 3)), False),
        (np.zeros((3, 3)), False),
    ],
)
def test_a_table_without_arguments_is_known_by_its_numbers(answer: np.ndarray, told: bool) -> None:
    """nobody hits nine numbers by chance, even small ones; three of them, or all the same, prove nothing"""
    known = KnownMistake("kernel_other", "kernel", "It is another one.")
    knowledge = SimpleNamespace(
        remembers=lambda call: True,
        right_answer=lambda call: fingerprint(7 + np.arange(answer.size).reshape(answer.shape) / 3),
        mistakes=lambda function: [known],
        mistaken=lambda call, known: fingerprint(answer),
    )
    call = Call("public/a", False, "kernel", wire.pack({"args": (), "kwargs": {}}), value=answer)
    assert bool(diagnose([call], knowledge)) is told
